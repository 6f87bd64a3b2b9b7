; SPDX-License-Identifier: GPL-3.0-or-later
;
; What gimp3-styles.sh runs inside GIMP 3 first: what styles.scm needs.  `folder' is where
; the pictures lie.

(gimp-message-set-handler CONSOLE)

(define (report good name)
  (gimp-message (string-append (if good "ok - " "not ok - ") name)))
(define (load-image name) (gimp-file-load RUN-NONINTERACTIVE (string-append folder name)))
(define image (load-image "photo.png"))
(define other (load-image "wave.png"))
(define content (vector-ref (gimp-image-get-layers image) 0))
(gimp-item-set-name (vector-ref (gimp-image-get-layers other) 0) "wave")
(gimp-display-new image)

(define (n-layers) (vector-length (gimp-image-get-layers image)))
(define (run-on drawable mode)
  (let ((layer (catch -1
                 (plug-in-neural-style-transfer #:run-mode mode #:image image
                   #:drawables (vector drawable)))))
    (if (number? layer) layer -1)))
(define (position layer) (gimp-image-get-item-position image layer))
(define (active) (vector-ref (gimp-image-get-selected-layers image) 0))
(define (name layer) (if (> layer 0) (gimp-item-get-name layer) ""))
(define (note layer)
  (caddr (gimp-item-get-parasite layer "plug-in-neural-style-transfer-settings")))
