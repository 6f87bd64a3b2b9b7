; SPDX-License-Identifier: GPL-3.0-or-later
;
; What kills.scm takes from GIMP 2.10.

(gimp-message-set-handler CONSOLE)
(define (load-image name) (car (gimp-file-load RUN-NONINTERACTIVE (string-append folder name) name)))
(define (layers image) (vector->list (cadr (gimp-image-get-layers image))))
(define (copy-image image) (car (gimp-image-duplicate image)))
(define (show-image image) (car (gimp-display-new image)))
(define (valid? image) (= TRUE (car (gimp-image-is-valid image))))
(define (dirty? image) (= TRUE (car (gimp-image-is-dirty image))))
(define (set-active image layer) (gimp-image-set-active-layer image layer))
(define (id thing) thing)
(define (invert layer) (gimp-drawable-invert layer FALSE))
(define (add-copy image layer)
  (gimp-image-insert-layer image (car (gimp-layer-copy layer FALSE)) 0 1))
(define (save-image image path)
  (gimp-xcf-save 0 image (car (gimp-image-get-active-drawable image)) path path))

(define photo (load-image "photo.png"))
(define wave (load-image "wave.png"))
(define style (car (layers wave)))
(define (stylise image layer)
  (catch -1
    (car (plug-in-neural-style-transfer (if window? RUN-INTERACTIVE RUN-NONINTERACTIVE) image layer
           style 1 50 100 0 50 0 0 "" 0 -1 0 1))))
