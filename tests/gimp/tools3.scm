; SPDX-License-Identifier: GPL-3.0-or-later
;
; What the checks use inside GIMP 3, beside tools.scm.

(set! *error-hook*
  (lambda x
    (set! last-error
      (apply string-append
        (map (lambda (y)
               (cond ((string? y) y) ((symbol? y) (symbol->string y)) (else "?")))
             x)))
    (apply throw x)))

(define (true? x) (or (eq? x #t) (eqv? x TRUE)))
; What a procedure of one result gives.
(define (one x) x)
(define precision-8-bit PRECISION-U8-NON-LINEAR)
(define precision-16-bit PRECISION-U16-NON-LINEAR)
(define (icc name) (file name))
(define gimp-drawable-offsets gimp-drawable-get-offsets)
(define gimp-image-base-type gimp-image-get-base-type)
(define (load-file name) (gimp-file-load RUN-NONINTERACTIVE (file name)))
; Each picture is loaded once; every check gets copies.
(define pictures
  (map (lambda (name) (cons (load-file name) name))
       '("content.png" "wave.png" "poppies.png" "nan.pfm")))
(define (open-images) (vector->list (gimp-get-images)))
(define (layers image) (vector->list (gimp-image-get-layers image)))
(define (n-layers image) (vector-length (gimp-image-get-layers image)))
(define (size layer) (list (gimp-drawable-get-width layer) (gimp-drawable-get-height layer)))
(define (pixel layer x y) (gimp-drawable-get-pixel layer x y))
(define (active-layers image) (vector->list (gimp-image-get-selected-layers image)))
(define (children group) (vector->list (gimp-item-get-children group)))
(define (new-layer image width height)
  (gimp-layer-new image "new" width height RGB-IMAGE 100 LAYER-MODE-NORMAL))
(define (new-group image) (gimp-group-layer-new image "group"))

(define (style-with drawables image style start strength iterations seed)
  (plug-in-neural-style-transfer #:run-mode RUN-NONINTERACTIVE #:image image
    #:drawables drawables #:style style #:preset "draft" #:strength strength #:size 64
    #:iterations iterations #:seed seed #:start start))
; START is "content", "noise" or "result".
(define (style-from start layer style strength iterations seed)
  (style-with (vector layer) (image-of layer) style start strength iterations seed))
