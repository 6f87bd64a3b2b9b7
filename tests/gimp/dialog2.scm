; SPDX-License-Identifier: GPL-3.0-or-later
;
; What gimp2-dialog.sh runs inside GIMP 2.10 while it presses the keys.  `folder'
; is where the pictures lie.

(gimp-message-set-handler CONSOLE)

(define (report good name)
  (gimp-message (string-append (if good "ok - " "not ok - ") name)))
(define (load-image name)
  (car (gimp-file-load RUN-NONINTERACTIVE (string-append folder name) name)))
(define (n-layers) (car (gimp-image-get-layers image)))
(define (clean?) (and (= 1 (n-layers)) (= FALSE (car (gimp-image-is-dirty image)))))

(define image (load-image "photo.png"))
(define other (load-image "wave.png"))
(define content (car (gimp-image-get-active-drawable image)))
(define style (car (gimp-image-get-active-drawable other)))
(gimp-image-clean-all image)
(gimp-display-new image)

(define (run-on layer mode size iterations)
  (catch -1
    (car (plug-in-neural-style-transfer mode image layer style 0 50 100 0 50 size iterations
           "" 0 -1 0 0))))
(define (run mode size iterations) (run-on content mode size iterations))
(define (pixel layer) (cadr (gimp-drawable-get-pixel layer 20 20)))
(define (styled? layer)
  (and (> layer 0)
       (string=? "Style of wave" (substring (car (gimp-item-get-name layer)) 0 13))
       (= layer (car (gimp-image-get-active-layer image)))
       (not (equal? (pixel layer) (pixel content)))))

(define first (run RUN-INTERACTIVE 0 0))
(report (styled? first) "OK makes the layer, in the style of the other image")
(define first-pixel (if (> first 0) (pixel first) 0))
(gimp-message "at undo")
(report (wait-for 120 clean?) "one Undo takes it back")

(define repeated (run RUN-WITH-LAST-VALS 0 0))
(report (and (styled? repeated) (equal? first-pixel (pixel repeated)))
  "Repeat takes the style and the values of the last time")

(define again (run-on repeated RUN-WITH-LAST-VALS 0 0))
(report (and (styled? again) (equal? first-pixel (pixel again))
             (equal? (list again repeated content)
                     (vector->list (cadr (gimp-image-get-layers image)))))
  "Repeat on a result styles its photo, above all results")
(for-each (lambda (layer) (if (> layer 0) (gimp-image-remove-layer image layer)))
  (list repeated again))

(gimp-image-clean-all image)
(run RUN-INTERACTIVE 0 0)
(report (clean?) "Cancel in the dialog leaves the image as it was")

; A larger picture, so that the run can be watched.
(define photo image)
(define large (load-image "large.png"))
(gimp-image-clean-all large)
(define (watch)
  (set! image large)
  (let ((layer (run-on (car (gimp-image-get-active-drawable large)) RUN-INTERACTIVE 0 0)))
    (set! image photo)
    layer))
(define (large-layers) (vector->list (cadr (gimp-image-get-layers large))))
(define large-content (car (large-layers)))

(define kept (watch))
(report (and (> kept 0) (equal? (list kept large-content) (large-layers))
             (not (equal? (pixel kept) (pixel large-content))))
  "Keep This makes the layer of what there is")
(gimp-image-clean-all large)
(for-each
  (lambda (how)
    (watch)
    (report (and (equal? (list kept large-content) (large-layers))
                 (= FALSE (car (gimp-image-is-dirty large))))
      (string-append how " leaves the image as it was")))
  '("Cancel in the run window" "Closing the run window"))

(gimp-message "at long run")
(run RUN-NONINTERACTIVE 256 100000)
(report (clean?) "Cancel while it runs leaves the image as it was")
(gimp-message "all checks done")
