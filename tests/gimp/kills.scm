; SPDX-License-Identifier: GPL-3.0-or-later
;
; What gimp2-kills.sh and gimp3-kills.sh run inside GIMP while they cancel and kill the filter,
; after kills2.scm or kills3.scm, which have what differs in the two.  `where' is "window" or
; "headless", `n-runs' how often.

(define window? (string=? where "window"))
(define (tell . words)
  (gimp-message
    (apply string-append
      (map (lambda (word) (string-append (if (number? word) (number->string word) word) " ")) words))))
(define (now)
  (let ((time (gettimeofday)))
    (string-append (number->string (car time)) "."
      (substring (number->string (+ 1000000 (cadr time))) 1 7))))
(define (keep image name run)
  (save-image image (string-append folder name "-" (number->string run) ".xcf")))

; An image of two layers, the upper one of which has been inverted: that is all its undo history.
; It is given to `use' with its display.
(define (make-image run use)
  (let* ((image (copy-image photo))
         (content (car (layers image)))
         (display (if window? (show-image image) 0)))
    (add-copy image content)
    (set-active image content)
    (gimp-image-undo-disable image)
    (gimp-image-undo-enable image)
    (gimp-image-clean-all image)
    (keep image "edited" run)
    (invert content)
    (gimp-image-clean-all image)
    (keep image "before" run)
    (use image content display)))

; Undo takes the new layer back, where there is one, then what was done before.
(define (undo image content run)
  (gimp-displays-flush) ; so that GIMP offers it
  (if (= 3 (length (layers image)))
    (begin
      (tell "step" run "layer")
      (wait-for 60 (lambda () (= 2 (length (layers image)))))
      (set-active image content)
      (keep image "after" run)))
  (tell "step" run "edit")
  (wait-for 60 (lambda () (dirty? image)))
  (keep image "undone" run)
  (tell "undone" run "."))

; Without a window there is no Undo: a new layer is removed, so that the rest can be compared.
(define (look image content run)
  (let ((n (length (layers image))) (was-dirty (dirty? image)))
    (if (and (= n 3) (not window?)) (gimp-image-remove-layer image (car (layers image))))
    (if (= n 3) (set-active image content))
    (if (not (and (= n 3) window?)) (keep image "after" run))
    (tell "state" run n (if was-dirty "dirty" "clean"))
    (if window? (undo image content run))))

(define (one-run image content display run)
  (tell "at" run (id image) (id display))
  (let ((layer (stylise image content)))
    (tell "back" run (now) (if (and (number? layer) (> layer 0)) "layer" "none")))
  (if (valid? image)
    (begin
      (look image content run)
      (if window? (gimp-display-delete display) (gimp-image-delete image)))
    (tell "state" run "closed .")))

; Each run waits for the file go-RUN.
(let loop ((run 0))
  (if (< run n-runs)
    (begin
      (wait-for 60 (lambda () (file-exists? (string-append folder "go-" (number->string run)))))
      (make-image run (lambda (image content display) (one-run image content display run)))
      (loop (+ run 1)))))
(gimp-message "all checks done")
