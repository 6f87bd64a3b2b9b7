; SPDX-License-Identifier: GPL-3.0-or-later
;
; What the checks use inside GIMP 2.10, beside tools.scm.

(define (text x)
  (cond ((string? x) x) ((pair? x) (string-append (text (car x)) (text (cdr x)))) (else "")))
(define (throw . x)
  (set! last-error (text x))
  (if (more-handlers?) (apply (pop-handler) '()) (apply error x)))
(define *error-hook* throw)

(define (true? x) (= x TRUE))
; What a procedure of one result gives.
(define one car)
(define precision-8-bit PRECISION-U8-GAMMA)
(define precision-16-bit PRECISION-U16-GAMMA)
(define (icc name) (string-append "file://" folder name))
(define (load-file name) (car (gimp-file-load RUN-NONINTERACTIVE (file name) name)))
; Each picture is loaded once; every check gets copies.
(define pictures
  (map (lambda (name) (cons (load-file name) name))
       '("content.png" "wave.png" "poppies.png" "nan.tif")))
(define (open-images) (vector->list (cadr (gimp-image-list))))
(define (layers image) (vector->list (cadr (gimp-image-get-layers image))))
(define (size layer)
  (list (car (gimp-drawable-width layer)) (car (gimp-drawable-height layer))))
(define (pixel layer x y) (vector->list (cadr (gimp-drawable-get-pixel layer x y))))
(define (active-layers image) (list (car (gimp-image-get-active-layer image))))
(define (children group) (vector->list (cadr (gimp-item-get-children group))))
(define (new-layer image width height)
  (car (gimp-layer-new image width height RGB-IMAGE "new" 100 LAYER-MODE-NORMAL)))
(define (new-group image) (car (gimp-layer-group-new image)))

; The filter, with those arguments that some check changes.
(define (call mode image drawable style preset strength scale colour smoothness size
              iterations network recipe optimizer start seed)
  (car (plug-in-neural-style-transfer mode image drawable style preset strength scale colour
         smoothness size iterations network recipe optimizer start seed)))
; START is "content", "noise" or "result".
(define (style-from start layer style strength iterations seed)
  (call RUN-NONINTERACTIVE (image-of layer) layer style 0 strength 100 0 50 64 iterations "" 0 -1
    (cdr (assoc start '(("content" . 0) ("noise" . 1) ("result" . 2)))) seed))
