; SPDX-License-Identifier: GPL-3.0-or-later
;
; Kinds of images and of styles, inside GIMP 3.

; ----------------------------------------------------------------- kinds of image

(for-each
  (lambda (precision)
    (check (string-append "precision " (car precision))
      (lambda ()
        (let* ((content (load-layer "content.png")) (image (image-of content)))
          (gimp-image-convert-precision image (cadr precision))
          (let ((layer (stylise content (load-layer "wave.png"))))
            (and (= (cadr precision) (gimp-image-get-precision image))
                 (= (gimp-drawable-get-bpp content) (gimp-drawable-get-bpp layer))
                 (differs? layer content)
                 (< (distance (pixels layer) (pixels content)) 100)))))))
  (list (list "8 bit linear" PRECISION-U8-LINEAR)
        (list "8 bit perceptual" PRECISION-U8-PERCEPTUAL)
        (list "16 bit linear" PRECISION-U16-LINEAR)
        (list "16 bit" PRECISION-U16-NON-LINEAR)
        (list "32 bit" PRECISION-U32-NON-LINEAR)
        (list "half linear" PRECISION-HALF-LINEAR)
        (list "half" PRECISION-HALF-NON-LINEAR)
        (list "float linear" PRECISION-FLOAT-LINEAR)
        (list "float" PRECISION-FLOAT-NON-LINEAR)
        (list "double linear" PRECISION-DOUBLE-LINEAR)))

(check "a grey image"
  (lambda ()
    (let* ((content (load-layer "content.png")) (image (image-of content)))
      (gimp-image-convert-grayscale image)
      (let ((layer (stylise content (load-layer "wave.png"))))
        (and (true? (gimp-drawable-is-gray layer)) (differs? layer content))))))

(check "a grey style"
  (lambda ()
    (let ((content (load-layer "content.png")) (style (load-layer "wave.png")))
      (gimp-image-convert-grayscale (image-of style))
      (differs? (stylise content style) content))))

(check "an indexed style"
  (lambda ()
    (let ((content (load-layer "content.png")) (style (load-layer "wave.png")))
      (gimp-image-convert-indexed (image-of style) CONVERT-DITHER-NONE CONVERT-PALETTE-GENERATE
        12 FALSE FALSE "")
      (differs? (stylise content style) content))))

(check "a channel as the style"
  (lambda ()
    (let* ((content (load-layer "content.png")) (style (image-of (load-layer "wave.png")))
           (channel (gimp-channel-new-from-component style CHANNEL-RED "red")))
      (gimp-image-insert-channel style channel 0 0)
      (differs? (stylise content channel) content))))

(check "NaN and infinite pixels"
  (lambda ()
    (let* ((content (load-layer "nan.pfm")) (image (image-of content))
           (layer (stylise content (load-layer "wave.png"))))
      (gimp-image-remove-layer image content)
      (gimp-file-save RUN-NONINTERACTIVE image (file "nan-out.pfm"))
      #t)))

(check "a layer of one pixel"
  (lambda ()
    (let* ((image (gimp-image-new 1 1 RGB))
           (content (gimp-layer-new image "dot" 1 1 RGB-IMAGE 100 LAYER-MODE-NORMAL)))
      (gimp-image-insert-layer image content 0 0)
      (let ((layer (stylise content (load-layer "wave.png"))))
        (and (= 1 (gimp-drawable-get-width layer)) (= 1 (gimp-drawable-get-height layer)))))))

(check "a style of one pixel"
  (lambda ()
    (let* ((image (gimp-image-new 1 1 RGB))
           (style (gimp-layer-new image "dot" 1 1 RGB-IMAGE 100 LAYER-MODE-NORMAL)))
      (gimp-image-insert-layer image style 0 0)
      (number? (stylise (load-layer "content.png") style)))))

(check "a layer one pixel wide"
  (lambda ()
    (let* ((image (gimp-image-new 1 50 RGB))
           (content (gimp-layer-new image "line" 1 50 RGB-IMAGE 100 LAYER-MODE-NORMAL)))
      (gimp-image-insert-layer image content 0 0)
      (= 50 (gimp-drawable-get-height (stylise content (load-layer "wave.png")))))))

; -------------------------------------------------------------------------- styles

(check "the content as its own style"
  (lambda ()
    (let ((content (load-layer "content.png")))
      (= 64 (gimp-drawable-get-width (stylise content content))))))

(define (group-of image names opacities)
  (let ((group (gimp-group-layer-new image "styles")))
    (gimp-image-insert-layer image group 0 0)
    (for-each
      (lambda (name opacity)
        (let ((child (gimp-layer-new-from-drawable (load-layer name) image)))
          (gimp-image-insert-layer image child group 0)
          (gimp-layer-set-opacity child opacity)))
      names opacities)
    group))

(check "a layer group as the style: its visible layers by their opacities"
  (lambda ()
    (let* ((content (load-layer "content.png")) (image (image-of content))
           (both (group-of image '("wave.png" "poppies.png") '(100 50)))
           (hidden (group-of image '("wave.png" "poppies.png") '(30 100)))
           (clear (group-of image '("wave.png" "poppies.png") '(80 0))))
      (gimp-item-set-visible (vector-ref (gimp-item-get-children hidden) 0) FALSE)
      (let* ((alone (stylise content (load-layer "wave.png"))))
        (and (same? alone (stylise content hidden))
             (same? alone (stylise content clear))
             (not (same? alone (stylise content both))))))))

(check "a group without visible layers is refused as the style"
  (lambda ()
    (let* ((content (load-layer "content.png")) (image (image-of content))
           (group (group-of image '("wave.png") '(0))))
      (refused? image "has no visible pixels" (lambda () (stylise content group))))))

(check "the selection in the style's image limits the style"
  (lambda ()
    (let* ((content (load-layer "content.png")) (style (load-layer "wave.png"))
           (whole (stylise content style)))
      (gimp-image-select-ellipse (image-of style) CHANNEL-OP-REPLACE 0 0 30 20)
      (differs? whole (stylise content style)))))

; With all of the style's colour.
(define (stylise-fully layer style)
  (plug-in-neural-style-transfer #:run-mode RUN-NONINTERACTIVE #:image (image-of layer)
    #:drawables (vector layer) #:style style #:preset "draft" #:strength 100 #:size 64
    #:iterations 20))

(check "a selection beside the style is refused"
  (lambda ()
    (let* ((content (load-layer "content.png")) (style (load-layer "wave.png")))
      (gimp-layer-set-offsets style 40 0)
      (gimp-image-select-rectangle (image-of style) CHANNEL-OP-REPLACE 0 0 20 20)
      (refused? (image-of content) "its image's selection"
        (lambda () (stylise content style))))))

(check "a transparent style is refused"
  (lambda ()
    (let* ((content (load-layer "content.png")) (style (load-layer "wave.png")))
      (gimp-layer-add-alpha style)
      (gimp-drawable-edit-clear style)
      (refused? (image-of content) "no visible pixels" (lambda () (stylise content style))))))
