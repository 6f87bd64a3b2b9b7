; SPDX-License-Identifier: GPL-3.0-or-later
;
; What gimp2-styles.sh runs inside GIMP 2.10 first: what styles.scm needs.  `folder' is
; where the pictures lie.

(gimp-message-set-handler CONSOLE)

(define (report good name)
  (gimp-message (string-append (if good "ok - " "not ok - ") name)))
(define (load-image name)
  (car (gimp-file-load RUN-NONINTERACTIVE (string-append folder name) name)))
(define image (load-image "photo.png"))
(define other (load-image "wave.png"))
(define content (car (gimp-image-get-active-drawable image)))
(gimp-display-new image)

(define (n-layers) (car (gimp-image-get-layers image)))
(define (run-on layer mode)
  (catch -1
    (car (plug-in-neural-style-transfer mode image layer content 0 50 100 0 50 64 4 "" 0 -1 0 0))))
(define (position layer) (car (gimp-image-get-item-position image layer)))
(define (active) (car (gimp-image-get-active-layer image)))
(define (name layer) (if (> layer 0) (car (gimp-item-get-name layer)) ""))
(define (note layer)
  (caddr (car (gimp-item-get-parasite layer "plug-in-neural-style-transfer-settings"))))
