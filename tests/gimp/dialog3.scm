; SPDX-License-Identifier: GPL-3.0-or-later
;
; What gimp3-dialog.sh runs inside GIMP 3 while it presses the keys.  `folder' is
; where the pictures lie.

(gimp-message-set-handler CONSOLE)

(define (report good name)
  (gimp-message (string-append (if good "ok - " "not ok - ") name)))
(define (true? x) (or (eq? x #t) (eqv? x TRUE)))
(define (n-layers) (vector-length (gimp-image-get-layers image)))
(define (clean?) (and (= 1 (n-layers)) (not (true? (gimp-image-is-dirty image)))))

(define image (gimp-file-load RUN-NONINTERACTIVE (string-append folder "photo.png")))
(define other (gimp-file-load RUN-NONINTERACTIVE (string-append folder "wave.png")))
(define content (vector-ref (gimp-image-get-layers image) 0))
(gimp-item-set-name content "photo")
(gimp-item-set-name (vector-ref (gimp-image-get-layers other) 0) "wave")
(gimp-image-clean-all image)
(gimp-display-new image)

(define (run-on layer mode)
  (catch -1
    (plug-in-neural-style-transfer #:run-mode mode #:image image #:drawables (vector layer))))
(define (run mode) (run-on content mode))
(define (styled? layer)
  (and (number? layer) (> layer 0)
       (string=? "Style of wave" (substring (gimp-item-get-name layer) 0 13))
       (equal? (vector layer) (gimp-image-get-selected-layers image))
       (not (equal? (gimp-drawable-get-pixel layer 20 20)
                    (gimp-drawable-get-pixel content 20 20)))))

(define first (run RUN-INTERACTIVE))
(report (styled? first) "OK makes the layer, in the style of the other image")
(gimp-message "at undo")
(report (wait-for 120 (lambda () (= 1 (n-layers)))) "one Undo takes it back")

(define repeated (run RUN-WITH-LAST-VALS))
(report (styled? repeated) "Repeat takes the style of the last time")

(define again (run-on repeated RUN-WITH-LAST-VALS))
(report (and (styled? again)
             (equal? (vector again repeated content) (gimp-image-get-layers image)))
  "Repeat on a result styles its photo, above all results")
(for-each (lambda (layer) (gimp-image-remove-layer image layer)) (list repeated again))

(gimp-image-clean-all image)
(run RUN-INTERACTIVE)
(report (clean?) "Cancel in the dialog leaves the image as it was")

; A larger picture, so that the run can be watched.
(define photo image)
(define large (gimp-file-load RUN-NONINTERACTIVE (string-append folder "large.png")))
(gimp-image-clean-all large)
(define large-content (vector-ref (gimp-image-get-layers large) 0))
(define (watch)
  (set! image large)
  (let ((layer (run-on (vector-ref (gimp-image-get-selected-layers large) 0) RUN-INTERACTIVE)))
    (set! image photo)
    layer))

(define kept (watch))
(report (and (number? kept) (equal? (vector kept large-content) (gimp-image-get-layers large))
             (not (equal? (gimp-drawable-get-pixel kept 20 20)
                          (gimp-drawable-get-pixel large-content 20 20))))
  "Keep This makes the layer of what there is")
(gimp-image-clean-all large)
(for-each
  (lambda (how)
    (watch)
    (report (and (equal? (vector kept large-content) (gimp-image-get-layers large))
                 (not (true? (gimp-image-is-dirty large))))
      (string-append how " leaves the image as it was")))
  '("Cancel in the run window" "Closing the run window"))

(gimp-message "at long run")
(catch -1
  (plug-in-neural-style-transfer #:run-mode RUN-NONINTERACTIVE #:image image
    #:drawables (vector content) #:style (vector-ref (gimp-image-get-layers other) 0)
    #:size 256 #:iterations 100000))
(report (clean?) "Cancel while it runs leaves the image as it was")
(gimp-message "all checks done")
