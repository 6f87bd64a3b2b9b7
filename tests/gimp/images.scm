; SPDX-License-Identifier: GPL-3.0-or-later
;
; Kinds of styles, inside GIMP 2.10 and 3.

(define (blank width height)
  (let* ((image (one (gimp-image-new width height RGB))) (layer (new-layer image width height)))
    (gimp-image-insert-layer image layer 0 0)
    (gimp-drawable-fill layer FILL-WHITE)
    layer))

(check "a content of one pixel, of one column, and a style of one pixel"
  (lambda ()
    (let ((dot (blank 1 1)) (line (blank 1 50)))
      (and (equal? '(1 1) (size (stylise dot (load-layer "wave.png"))))
           (equal? '(1 50) (size (stylise line (load-layer "wave.png"))))
           (equal? '(64 48) (size (stylise (load-layer "content.png") dot)))))))

(check "an indexed style"
  (lambda ()
    (let ((content (load-layer "content.png")) (style (load-layer "wave.png")))
      (gimp-image-convert-indexed (image-of style) CONVERT-DITHER-NONE CONVERT-PALETTE-GENERATE
        12 FALSE FALSE "")
      (differs? (stylise content style) content))))

(check "a grey style, and a channel as the style"
  (lambda ()
    (let* ((content (load-layer "content.png")) (style (load-layer "wave.png"))
           (image (image-of style)))
      (gimp-image-convert-grayscale image)
      (let ((channel (one (gimp-channel-new-from-component image CHANNEL-GRAY "grey"))))
        (gimp-image-insert-channel image channel 0 0)
        (and (differs? (stylise content style) content)
             (differs? (stylise content channel) content))))))

(check "the content as its own style"
  (lambda ()
    (let ((content (load-layer "content.png")))
      (equal? '(64 48) (size (stylise content content))))))

(define (clear-layer image parent)
  (let ((layer (copy-of (load-layer "wave.png") image parent)))
    (gimp-layer-add-alpha layer)
    (gimp-drawable-fill layer FILL-TRANSPARENT)
    layer))
; A group in IMAGE of a clear layer and, one above the other, the pictures NAMES with OPACITIES.
(define (group-of image names opacities)
  (let ((group (new-group image)))
    (gimp-image-insert-layer image group 0 0)
    (clear-layer image group)
    (for-each
      (lambda (name opacity)
        (gimp-layer-set-opacity (copy-of (load-layer name) image group) opacity))
      names opacities)
    group))
; From the top.
(define (hide group index)
  (gimp-item-set-visible (list-ref (children group) index) FALSE))

(check "a layer group as the style: its visible layers by their opacities"
  (lambda ()
    (let* ((content (load-layer "content.png")) (image (image-of content))
           (both (group-of image '("wave.png" "poppies.png") '(100 50)))
           (hidden (group-of image '("wave.png" "poppies.png") '(30 100)))
           (clear (group-of image '("wave.png" "poppies.png") '(80 0)))
           (alone (stylise content (load-layer "wave.png"))))
      (hide hidden 0)
      (and (same? alone (stylise content hidden))
           (same? alone (stylise content clear))
           (not (same? alone (stylise content both)))))))

(check "a style without visible pixels is refused"
  (lambda ()
    (let* ((content (load-layer "content.png")) (image (image-of content))
           (group (group-of image '("wave.png" "poppies.png") '(100 50)))
           (clear (clear-layer image 0)) (other (clear-layer (load-image "wave.png") 0))
           (faint (group-of image '("wave.png") '(0))))
      (hide group 0)
      (hide group 1)
      (let loop ((styles (list group clear other faint)))
        (or (null? styles)
            (and (refused? image "has no visible pixels" (lambda () (stylise content (car styles))))
                 (loop (cdr styles))))))))

(check "the style's own selection and alpha limit it; a selection beside it is refused"
  (lambda ()
    (let* ((content (load-layer "content.png")) (style (load-layer "wave.png"))
           (image (image-of style)) (whole (stylise content style))
           (refuses? (lambda (part)
                       (gimp-image-select-rectangle image CHANNEL-OP-REPLACE 0 0 10 10)
                       (refused? (image-of content) part (lambda () (stylise content style))))))
      (gimp-layer-set-offsets style 40 0)
      (and (refuses? "its image's selection")
           (begin
             (gimp-layer-set-offsets style 0 0)
             (gimp-image-select-ellipse image CHANNEL-OP-REPLACE 0 0 30 20)
             (let ((part (stylise content style)))
               (gimp-layer-add-alpha style)
               (gimp-drawable-edit-clear style)
               (gimp-selection-none image)
               (let ((rest (stylise content style)))
                 (gimp-layer-set-offsets style 0 30)
                 (and (not (same? whole part)) (not (same? whole rest)) (not (same? part rest))
                      (refuses? "no visible pixels")))))))))

(check "the content's selection does not limit a style in the same image"
  (lambda ()
    (let* ((content (load-layer "content.png")) (image (image-of content))
           (style (copy-of (load-layer "wave.png") image 0)))
      (gimp-layer-set-offsets style 64 0)
      (gimp-image-select-rectangle image CHANNEL-OP-REPLACE 0 0 20 20)
      (equal? '(20 20) (size (stylise content style))))))
