; SPDX-License-Identifier: GPL-3.0-or-later
;
; What the checks use inside GIMP 2.10 and 3; `folder' is where the pictures lie.  What the
; two do otherwise stands in tools2.scm and tools3.scm.

(define last-error "")

(define (check name thunk)
  (set! last-error "")
  (let ((result (catch 'failed (thunk))))
    (if (eq? result 'failed) (gimp-message (string-append "error: " last-error)))
    (gimp-message (string-append (if (eq? result #t) "ok - " "not ok - ") name)))
  (for-each
    (lambda (image) (if (not (assv image pictures)) (gimp-image-delete image)))
    (open-images)))

(define (contains? text part)
  (let ((n (string-length part)))
    (let loop ((i 0))
      (cond ((> (+ i n) (string-length text)) #f)
            ((string=? (substring text i (+ i n)) part) #t)
            (else (loop (+ i 1)))))))

(define (file name) (string-append folder name))

(define (load-image name)
  (let loop ((all pictures))
    (if (string=? name (cdar all)) (one (gimp-image-duplicate (caar all))) (loop (cdr all)))))
(define (load-layer name) (car (layers (load-image name))))
(define (to-precision image precision)
  (if (not (= precision (one (gimp-image-get-precision image))))
    (gimp-image-convert-precision image precision)))
(define (image-of item) (one (gimp-item-get-image item)))
(define (copy-of layer image parent)
  (let ((copy (one (gimp-layer-new-from-drawable layer image))))
    (gimp-image-insert-layer image copy parent 0)
    copy))

; The filter, in few steps; in one, so that small differences stay small; with all of the style's
; colour.
(define (stylise layer style) (style-from "content" layer style 50 4 1))
(define (paint layer style) (style-from "content" layer style 50 1 1))
(define (stylise-fully layer style) (style-from "content" layer style 100 20 1))

; The pixels of a layer, thinned out, as one list of numbers from 0 to 255.
(define (pixels layer)
  (let ((w (car (size layer))) (h (cadr (size layer))))
    (let loop ((i 0) (all '()))
      (if (= i 48)
        all
        (loop (+ i 1) (append (pixel layer (modulo (* i 5) w) (modulo (* i 7) h)) all))))))
(define (distance a b)
  (/ (apply + (map (lambda (x y) (abs (- x y))) a b)) (length a)))
(define (differs? a b) (> (distance (pixels a) (pixels b)) 2))
(define (same? a b) (equal? (pixels a) (pixels b)))
; Of the PIXELS, which are opaque and have four numbers each, the first three.
(define (without-alpha pixels)
  (if (null? pixels)
    '()
    (append (list (car pixels) (cadr pixels) (caddr pixels)) (without-alpha (cddddr pixels)))))

; THUNK fails with a sentence that contains PART, and IMAGE is as it was.
(define (refused? image part thunk)
  (let ((before (layers image)))
    (gimp-image-clean-all image)
    (and (eq? 'failed (catch 'failed (thunk)))
         (or (contains? last-error part) (begin (gimp-message last-error) #f))
         (equal? before (layers image))
         (not (true? (one (gimp-image-is-dirty image)))))))
