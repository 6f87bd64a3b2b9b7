; SPDX-License-Identifier: GPL-3.0-or-later
;
; Kinds of images and of styles, inside GIMP 2.10.

; ----------------------------------------------------------------- kinds of image

(define (convert image precision)
  (if (not (= precision (car (gimp-image-get-precision image))))
    (gimp-image-convert-precision image precision)))

(for-each
  (lambda (precision)
    (check (string-append "precision " (car precision))
      (lambda ()
        (let* ((content (load-layer "content.png")) (image (image-of content)))
          (convert image (cadr precision))
          (if (caddr precision) (gimp-image-convert-grayscale image))
          (let ((layer (stylise content (load-layer "wave.png"))))
            (and (= (cadr precision) (car (gimp-image-get-precision image)))
                 (= (car (gimp-drawable-bpp content)) (car (gimp-drawable-bpp layer)))
                 (= (car (gimp-drawable-type content)) (car (gimp-drawable-type layer)))
                 (differs? layer content)
                 (< (distance (pixels layer) (pixels content)) 100)))))))
  (list (list "8 bit linear" PRECISION-U8-LINEAR #f)
        (list "8 bit, grey" PRECISION-U8-GAMMA #t)
        (list "16 bit linear, grey" PRECISION-U16-LINEAR #t)
        (list "16 bit" PRECISION-U16-GAMMA #f)
        (list "32 bit linear" PRECISION-U32-LINEAR #f)
        (list "32 bit" PRECISION-U32-GAMMA #f)
        (list "half linear" PRECISION-HALF-LINEAR #f)
        (list "half" PRECISION-HALF-GAMMA #f)
        (list "float linear" PRECISION-FLOAT-LINEAR #f)
        (list "float, grey" PRECISION-FLOAT-GAMMA #t)
        (list "double linear" PRECISION-DOUBLE-LINEAR #f)
        (list "double" PRECISION-DOUBLE-GAMMA #f)))

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
      (let ((channel (car (gimp-channel-new-from-component image CHANNEL-GRAY "grey"))))
        (gimp-image-insert-channel image channel 0 0)
        (and (differs? (stylise content style) content)
             (differs? (stylise content channel) content))))))

(check "NaN and infinite pixels"
  (lambda ()
    (let* ((content (load-layer "nan.tif")) (image (image-of content))
           (layer (stylise content (load-layer "wave.png"))))
      (gimp-image-remove-layer image content)
      (convert image PRECISION-FLOAT-GAMMA)
      (file-tiff-save RUN-NONINTERACTIVE image layer (file "nan-out.tif") "nan-out.tif" 0)
      #t)))

(define (blank name width height)
  (let* ((image (car (gimp-image-new width height RGB)))
         (layer (car (gimp-layer-new image width height RGB-IMAGE name 100 LAYER-MODE-NORMAL))))
    (gimp-image-insert-layer image layer 0 0)
    (gimp-drawable-fill layer FILL-WHITE)
    layer))

(check "a content of one pixel, of one column, and a style of one pixel"
  (lambda ()
    (let ((dot (blank "dot" 1 1)) (line (blank "line" 1 50)))
      (and (equal? '(1 1) (size (stylise dot (load-layer "wave.png"))))
           (equal? '(1 50) (size (stylise line (load-layer "wave.png"))))
           (equal? '(64 48) (size (stylise (load-layer "content.png") dot)))))))

; -------------------------------------------------------------------------- styles

(check "the content as its own style"
  (lambda ()
    (let ((content (load-layer "content.png")))
      (equal? '(64 48) (size (stylise content content))))))

(define (clear-layer image parent)
  (let ((layer (copy-of (load-layer "wave.png") image parent)))
    (gimp-layer-add-alpha layer)
    (gimp-drawable-fill layer FILL-TRANSPARENT)
    layer))
; A group of a clear layer, the wave, and above them the poppies with the opacity OPACITY.
(define (group-of image opacity)
  (let ((group (car (gimp-layer-group-new image))))
    (gimp-image-insert-layer image group 0 0)
    (clear-layer image group)
    (copy-of (load-layer "wave.png") image group)
    (gimp-layer-set-opacity (copy-of (load-layer "poppies.png") image group) opacity)
    group))
(define (hide group index)
  (gimp-item-set-visible (vector-ref (cadr (gimp-item-get-children group)) index) FALSE))

(check "a layer group as the style: its visible layers by their opacities"
  (lambda ()
    (let* ((content (load-layer "content.png")) (image (image-of content))
           (both (group-of image 50)) (hidden (group-of image 80)) (clear (group-of image 0)))
      (hide hidden 0)
      (let ((alone (stylise content (load-layer "wave.png"))))
        (and (same? alone (stylise content hidden))
             (same? alone (stylise content clear))
             (not (same? alone (stylise content both))))))))

(check "a style without visible pixels is refused"
  (lambda ()
    (let* ((content (load-layer "content.png")) (image (image-of content))
           (group (group-of image 50)) (clear (clear-layer image 0)))
      (hide group 0)
      (hide group 1)
      (and (refused? image "has no visible pixels" (lambda () (stylise content group)))
           (refused? image "has no visible pixels" (lambda () (stylise content clear)))))))

(check "the style's own selection and alpha limit it; a selection beside it is refused"
  (lambda ()
    (let* ((content (load-layer "content.png")) (style (load-layer "wave.png"))
           (image (image-of style)) (whole (stylise content style)))
      (gimp-image-select-ellipse image CHANNEL-OP-REPLACE 0 0 30 20)
      (let ((part (stylise content style)))
        (gimp-layer-add-alpha style)
        (gimp-edit-clear style)
        (gimp-selection-none image)
        (let ((rest (stylise content style)))
          (gimp-layer-set-offsets style 0 30)
          (gimp-image-select-rectangle image CHANNEL-OP-REPLACE 0 0 10 10)
          (and (not (same? whole part)) (not (same? whole rest)) (not (same? part rest))
               (refused? (image-of content) "no visible pixels"
                 (lambda () (stylise content style)))))))))

; With all of the style's colour.
(define (stylise-fully layer style)
  (call RUN-NONINTERACTIVE (image-of layer) layer style 0 100 100 0 50 64 20 "" 0 -1 0 1))

(check "the content's selection does not limit a style in the same image"
  (lambda ()
    (let* ((content (load-layer "content.png")) (image (image-of content))
           (style (copy-of (load-layer "wave.png") image 0)))
      (gimp-layer-set-offsets style 64 0)
      (gimp-image-select-rectangle image CHANNEL-OP-REPLACE 0 0 20 20)
      (equal? '(20 20) (size (stylise content style))))))
