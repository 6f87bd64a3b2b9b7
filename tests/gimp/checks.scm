; SPDX-License-Identifier: GPL-3.0-or-later
;
; The checks that are the same inside GIMP 2.10 and 3: colors of styles, profiles, what GIMP remembers.

; ----------------------------------------------------------------------------- styles

; How much more red than blue LAYER has, on an average.
(define (redness layer)
  (let loop ((rest (pixels layer)) (sum 0) (n 0))
    (if (null? rest)
      (/ sum n)
      (loop (cdddr rest) (+ sum (- (car rest) (caddr rest))) (+ n 1)))))
(define (tint layer hue x width)
  (gimp-image-select-rectangle (image-of layer) CHANNEL-OP-REPLACE x 0 width 48)
  (gimp-drawable-colorize-hsl layer hue 90 0)
  (gimp-selection-none (image-of layer)))
(define (styled-redness style)
  (redness (stylise-fully (load-layer "content.png") style)))

(check "only the selected or visible part of the style gives colours"
  (lambda ()
    (let* ((style (load-layer "wave.png")) (image (image-of style))
           (select (lambda (x) (gimp-image-select-rectangle image CHANNEL-OP-REPLACE x 0 32 48)))
           (both (begin (tint style 0 0 32) (tint style 240 32 32) (styled-redness style)))
           (red (begin (select 0) (styled-redness style)))
           (blue (begin (select 32) (styled-redness style)))
           (rest (begin (gimp-layer-add-alpha style) (gimp-drawable-edit-clear style)
                        (gimp-selection-none image) (styled-redness style))))
      (and (> red (+ both 40)) (> both (+ blue 40)) (> rest (+ both 40))))))

(check "of a group's layers the more opaque one gives more colour"
  (lambda ()
    (let* ((first (load-layer "wave.png")) (image (image-of first))
           (group (new-group image)))
      (gimp-image-insert-layer image group 0 0)
      (let* ((red (copy-of first image group)) (blue (copy-of first image group))
             (mixed (lambda (a b)
                      (gimp-layer-set-opacity red a)
                      (gimp-layer-set-opacity blue b)
                      (styled-redness group))))
        (tint red 0 0 64)
        (tint blue 240 0 64)
        (let ((more-red (mixed 100 10)) (more-blue (mixed 10 100)) (equal (mixed 50 50)))
          (and (> more-red (+ equal 20)) (> equal (+ more-blue 20))))))))

; --------------------------------------------------------------------- layer masks

(define (box image x width)
  (gimp-image-select-rectangle image CHANNEL-OP-REPLACE x 0 width 48))
; A mask that shows of LAYER what lies within X and X + WIDTH.
(define (add-mask layer x width)
  (let ((image (image-of layer)))
    (box image x width)
    (let ((mask (one (gimp-layer-create-mask layer ADD-MASK-SELECTION))))
      (gimp-selection-none image)
      (gimp-layer-add-mask layer mask)
      (gimp-layer-set-edit-mask layer FALSE)
      mask)))
(define (whiten layer x width)
  (box (image-of layer) x width)
  (gimp-drawable-edit-fill layer FILL-WHITE)
  (gimp-selection-none (image-of layer)))
(define (mask-of layer) (one (gimp-layer-get-mask layer)))
(define (column layer x) (car (pixel layer x 20)))

(check "what the content's mask hides is neither painted nor shown"
  (lambda ()
    (let* ((content (load-layer "content.png")) (other (load-layer "content.png"))
           (style (load-layer "wave.png")))
      (whiten other 32 32)
      (add-mask content 0 32)
      (add-mask other 0 32)
      (let* ((layer (stylise content style)) (mask (mask-of layer)))
        (and (= 0 (column mask 40) (column mask 32)) (= 255 (column mask 31) (column mask 5))
             (equal? '(64 48) (size mask))
             (not (true? (one (gimp-layer-get-edit-mask layer))))
             (same? layer (stylise other style)))))))

(check "a mask that is switched off hides nothing"
  (lambda ()
    (let* ((content (load-layer "content.png")) (style (load-layer "wave.png"))
           (without (stylise content style)))
      (add-mask content 0 32)
      (gimp-layer-set-apply-mask content FALSE)
      (let ((layer (stylise content style)))
        (and (= -1 (mask-of layer)) (same? without layer))))))

(check "mask and selection together"
  (lambda ()
    (let* ((content (load-layer "content.png")) (image (image-of content)))
      (add-mask content 0 32)
      (box image 20 30)
      (let* ((layer (stylise content (load-layer "wave.png"))) (mask (mask-of layer)))
        (and (equal? '(30 48) (size layer))
             (= 255 (column mask 0) (column mask 11)) (= 0 (column mask 12) (column mask 29)))))))

(check "a mask that hides everything is refused"
  (lambda ()
    (let ((content (load-layer "content.png")))
      (add-mask content 0 1)
      (gimp-drawable-fill (mask-of content) FILL-FOREGROUND)
      (refused? (image-of content) "layer mask hides all"
        (lambda () (stylise content (load-layer "wave.png")))))))

(check "what the mask of a style, or of its group, hides is no style"
  (lambda ()
    (let* ((style (load-layer "wave.png")) (image (image-of style)) (group (new-group image)))
      (tint style 0 0 32)
      (tint style 240 32 32)
      (gimp-image-insert-layer image group 0 0)
      (let* ((member (copy-of style image group)) (both (styled-redness style)))
        (add-mask style 0 32)
        (let ((red (styled-redness style)))
          (add-mask group 32 32)
          (let ((blue (styled-redness group)))
            (gimp-layer-set-offsets member 0 -10)
            (add-mask member 0 32)
            (and (> red (+ both 40)) (> both (+ blue 40))
                 (refused? image "no visible pixels" (lambda () (stylise style group))))))))))

; -------------------------------------------------------------------- color profiles

(define (to-profile image name)
  (gimp-image-convert-color-profile-from-file image (icc name)
    COLOR-RENDERING-INTENT-RELATIVE-COLORIMETRIC TRUE))
(define (linear? image)
  (memv (one (gimp-image-get-precision image))
    (list PRECISION-U8-LINEAR PRECISION-U16-LINEAR PRECISION-U32-LINEAR PRECISION-HALF-LINEAR
          PRECISION-FLOAT-LINEAR PRECISION-DOUBLE-LINEAR)))
; The pixels of the top layer of IMAGE as GIMP itself shows them, in sRGB.
(define (seen image)
  (let ((copy (one (gimp-image-duplicate image))))
    (if (not (= RGB (one (gimp-image-base-type copy)))) (gimp-image-convert-rgb copy))
    (to-profile copy (if (linear? copy) "linear.icc" "srgb.icc"))
    (to-precision copy precision-8-bit)
    (let ((all (pixels (car (layers copy)))))
      (gimp-image-delete copy)
      all)))
(define (load-as name profile precision)
  (let ((image (load-image name)))
    (to-precision image precision)
    (to-profile image profile)
    image))
(define (top image) (car (layers image)))
; The mean colour of the PIXELS, which have three numbers each.
(define (mean pixels)
  (let loop ((rest pixels) (r 0) (g 0) (b 0) (n 0))
    (if (null? rest)
      (list (/ r n) (/ g n) (/ b n))
      (loop (cdddr rest) (+ r (car rest)) (+ g (cadr rest)) (+ b (caddr rest)) (+ n 1)))))

; Not tables in a linear precision: there GIMP 3 itself shows a picture that it converted, and
; nobody painted, 44 levels off.
(for-each
  (lambda (case)
    (let ((profile (car case)) (precision (cadr case)) (name (caddr case)))
      (check (string-append "content and style are seen as by GIMP: " profile ", " name)
        (lambda ()
          (let* ((content (load-layer "content.png")) (style (load-layer "wave.png"))
                 (image (image-of content)) (twin (load-as "content.png" profile precision))
                 (other (load-as "wave.png" profile precision))
                 (rounding (distance (seen image) (seen twin)))) ; much in 8 bit linear
            (paint content style)
            (paint (top twin) style)
            (let* ((content-off (distance (seen image) (seen twin)))
                   (colour (lambda (style)
                             (gimp-image-remove-layer image (top image))
                             (stylise content style)
                             (mean (seen image))))
                   (style-off (distance (colour style) (colour (top other)))))
                (or (and (< rounding 2) (< content-off (+ 2 rounding)) (< style-off 5))
                    (begin (gimp-message (string-append "off by " (number->string content-off)
                                           " and " (number->string style-off)
                                           ", before by " (number->string rounding)))
                           #f))))))))
  (list (list "prophoto.icc" precision-8-bit "8 bit")
        (list "prophoto.icc" PRECISION-U16-LINEAR "16 bit linear")
        (list "adobe.icc" PRECISION-U8-LINEAR "8 bit linear")
        (list "swapped.icc" PRECISION-FLOAT-LINEAR "float linear")
        (list "tables.icc" precision-16-bit "16 bit")
        (list "prophoto.icc" PRECISION-HALF-LINEAR "half linear")
        (list "srgb.icc" PRECISION-DOUBLE-LINEAR "double linear")))

(check "a grey document with a profile of its own"
  (lambda ()
    (let* ((grey (lambda ()
                   (let ((image (load-image "content.png")))
                     (gimp-image-convert-grayscale image)
                     image)))
           (plain (grey)) (twin (grey)) (style (load-layer "wave.png")))
      (to-profile twin "grey.icc")
      (paint (top plain) style)
      (paint (top twin) style)
      (let ((off (distance (seen plain) (seen twin))))
        (or (< off 2) (begin (gimp-message (number->string off)) #f))))))

(check "a profile that was discarded, in content and style, counts no longer"
  (lambda ()
    (let ((content (load-image "content.png")) (style (load-image "wave.png"))
          (again (load-image "content.png")))
      (to-profile content "swapped.icc")
      (to-profile style "swapped.icc")
      (gimp-image-detach-parasite content "icc-profile")
      (gimp-image-detach-parasite style "icc-profile")
      (let ((layer (copy-of (top content) again 0)) (other (copy-of (top style) again 0)))
        (same? (paint (top content) (top style)) (paint layer other))))))

; ---------------------------------------------------------------------- kinds of layers

(check "an empty group is refused in one sentence; a pass-through group is styled"
  (lambda ()
    (let* ((content (load-layer "content.png")) (image (image-of content))
           (style (load-layer "wave.png")) (plain (paint content style))
           (group (new-group image)))
      (gimp-image-insert-layer image group 0 0)
      (and (refused? image "group is empty" (lambda () (paint group style)))
           (refused? image "no visible pixels" (lambda () (paint content group)))
           (begin
             (copy-of content image group)
             (gimp-layer-set-mode group LAYER-MODE-PASS-THROUGH)
             (let ((layer (paint group style)))
               (equal? (mean (pixels plain)) (mean (without-alpha (pixels layer))))))))))

(check "a layer that lies beyond the canvas, and one with little opacity"
  (lambda ()
    (let* ((content (load-layer "content.png")) (style (load-layer "wave.png"))
           (plain (pixels (paint content style))))
      (gimp-layer-set-offsets content 500 -300)
      (gimp-layer-set-opacity content 10)
      (let ((layer (paint content style)))
        (and (equal? plain (pixels layer))
             (equal? '(500 -300) (gimp-drawable-offsets layer)))))))

(for-each gimp-image-delete (map car pictures))
(gimp-message "all checks done")
