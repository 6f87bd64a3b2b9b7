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
; Each picture is loaded once; every check gets copies.
(define pictures
  (map (lambda (name)
         (cons (car (gimp-file-load RUN-NONINTERACTIVE (file name) name)) name))
       '("content.png" "wave.png" "poppies.png" "nan.tif")))
(define (open-images) (vector->list (cadr (gimp-image-list))))
(define (layers image) (vector->list (cadr (gimp-image-get-layers image))))
(define (size layer)
  (list (car (gimp-drawable-width layer)) (car (gimp-drawable-height layer))))
(define (pixel layer x y) (vector->list (cadr (gimp-drawable-get-pixel layer x y))))
(define (position layer)
  (car (gimp-image-get-item-position (image-of layer) layer)))
(define (new-group image) (car (gimp-layer-group-new image)))

; The filter, with those arguments that some check changes.
(define (call mode image drawable style preset strength scale colour smoothness size
              iterations network recipe optimizer start seed)
  (car (plug-in-neural-style-transfer mode image drawable style preset strength scale colour
         smoothness size iterations network recipe optimizer start seed)))
(define (stylise layer style)
  (call RUN-NONINTERACTIVE (image-of layer) layer style 0 50 100 0 50 64 4 "" 0 -1 0 1))
; One step, so that small differences stay small.
(define (paint layer style)
  (call RUN-NONINTERACTIVE (image-of layer) layer style 0 50 100 0 50 64 1 "" 0 -1 0 1))
