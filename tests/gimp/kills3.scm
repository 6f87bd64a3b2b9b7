; SPDX-License-Identifier: GPL-3.0-or-later
;
; What kills.scm takes from GIMP 3.

(gimp-message-set-handler CONSOLE)
(define (load-image name) (gimp-file-load RUN-NONINTERACTIVE (string-append folder name)))
(define (layers image) (vector->list (gimp-image-get-layers image)))
(define (copy-image image) (gimp-image-duplicate image))
(define (show-image image) (gimp-display-new image))
(define (true? x) (or (eq? x #t) (eqv? x TRUE)))
(define (valid? image) (true? (gimp-image-id-is-valid image)))
(define (dirty? image) (true? (gimp-image-is-dirty image)))
(define (set-active image layer) (gimp-image-set-selected-layers image (vector layer)))
(define (id thing) thing)
(define (invert layer) (gimp-drawable-invert layer #f))
(define (add-copy image layer)
  (gimp-image-insert-layer image (gimp-layer-copy layer) 0 1))
; GIMP keeps the dialog's values with the image.
(define (save-image image path)
  (catch #f
    (gimp-image-detach-parasite image "GimpProcedureConfigRun-plug-in-neural-style-transfer-last"))
  (gimp-xcf-save RUN-NONINTERACTIVE image path))

(define photo (load-image "photo.png"))
(define wave (load-image "wave.png"))
(define style (car (layers wave)))
(define (stylise image layer)
  (catch -1
    (plug-in-neural-style-transfer #:run-mode (if window? RUN-INTERACTIVE RUN-NONINTERACTIVE)
      #:image image #:drawables (vector layer) #:style style)))
