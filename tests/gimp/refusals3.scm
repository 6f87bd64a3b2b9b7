; SPDX-License-Identifier: GPL-3.0-or-later
;
; What is refused, inside GIMP 3; in one sentence, and nothing has changed.  What it remembers.

; ------------------------------------------------------------------------ refusals

(check "no style is refused"
  (lambda ()
    (let ((content (load-layer "content.png")))
      (refused? (image-of content) "There is no style yet"
        (lambda ()
          (plug-in-neural-style-transfer #:run-mode RUN-NONINTERACTIVE
            #:image (image-of content) #:drawables (vector content)))))))

(check "an indexed content is refused"
  (lambda ()
    (let* ((content (load-layer "content.png")) (image (image-of content)))
      (gimp-image-convert-indexed image CONVERT-DITHER-NONE CONVERT-PALETTE-GENERATE
        12 FALSE FALSE "")
      (refused? image "indexed colors" (lambda () (stylise content (load-layer "wave.png")))))))

(check "a channel as the content is refused"
  (lambda ()
    (let* ((image (load-image "content.png"))
           (channel (gimp-channel-new-from-component image CHANNEL-RED "red")))
      (gimp-image-insert-channel image channel 0 0)
      (refused? image "A channel cannot be styled"
        (lambda () (stylise channel (load-layer "wave.png")))))))

(check "a layer mask as the content is refused"
  (lambda ()
    (let* ((content (load-layer "content.png"))
           (mask (gimp-layer-create-mask content ADD-MASK-WHITE)))
      (gimp-layer-add-mask content mask)
      (refused? (image-of content) "A layer mask cannot be styled"
        (lambda () (stylise mask (load-layer "wave.png")))))))

(check "two layers, or none, are refused"
  (lambda ()
    (let* ((content (load-layer "content.png")) (image (image-of content))
           (other (gimp-layer-new-from-drawable content image))
           (style (load-layer "wave.png"))
           (try (lambda (layers) (style-with layers image style "content" 50 4 1))))
      (gimp-image-insert-layer image other 0 0)
      (and (refused? image "Exactly one layer" (lambda () (try (vector content other))))
           (refused? image "Exactly one layer" (lambda () (try (vector))))))))

(check "a deleted layer is refused"
  (lambda ()
    (let* ((content (load-layer "content.png")) (image (image-of content)))
      (gimp-image-remove-layer image content)
      (refused? image "" (lambda ()
                           (style-with (vector content) image (load-layer "wave.png") "content"
                             50 4 1))))))

(check "a selection beside the layer is refused"
  (lambda ()
    (let* ((content (load-layer "content.png")) (image (image-of content)))
      (gimp-layer-set-offsets content 40 0)
      (gimp-image-select-rectangle image CHANNEL-OP-REPLACE 0 0 20 20)
      (refused? image "The selection lies outside the layer"
        (lambda () (stylise content (load-layer "wave.png")))))))

(check "a floating selection is refused"
  (lambda ()
    (let* ((content (load-layer "content.png")) (image (image-of content)))
      (gimp-image-select-rectangle image CHANNEL-OP-REPLACE 0 0 20 20)
      (gimp-edit-copy (vector content))
      (gimp-edit-paste content FALSE)
      (refused? image "floating selection"
        (lambda () (stylise content (load-layer "wave.png")))))))

(check "a transparent layer is refused"
  (lambda ()
    (let* ((content (load-layer "content.png")))
      (gimp-layer-add-alpha content)
      (gimp-drawable-edit-clear content)
      (refused? (image-of content) "is transparent"
        (lambda () (stylise content (load-layer "wave.png")))))))

(define (refused-network? name part)
  (let ((content (load-layer "content.png")))
    (refused? (image-of content) part
      (lambda ()
        (plug-in-neural-style-transfer #:run-mode RUN-NONINTERACTIVE #:image (image-of content)
          #:drawables (vector content) #:style (load-layer "wave.png") #:network name)))))
(check "a file that is no network is refused"
  (lambda () (refused-network? (file "bad.safetensors") "bad.safetensors")))
(check "a network that is not there is refused"
  (lambda () (refused-network? "no-such-network" "no-such-network")))

(check "numbers out of range are refused"
  (lambda ()
    (let* ((content (load-layer "content.png")) (image (image-of content))
           (style (load-layer "wave.png")))
      (and (refused? image "out of range"
             (lambda ()
               (plug-in-neural-style-transfer #:run-mode RUN-NONINTERACTIVE #:image image
                 #:drawables (vector content) #:style style #:strength 500)))
           (refused? image "out of range"
             (lambda ()
               (plug-in-neural-style-transfer #:run-mode RUN-NONINTERACTIVE #:image image
                 #:drawables (vector content) #:style style #:iterations -1)))))))

(check "a size that is too small is refused"
  (lambda ()
    (let* ((content (load-layer "content.png")) (image (image-of content))
           (style (load-layer "wave.png")))
      (refused? image "size"
        (lambda ()
          (plug-in-neural-style-transfer #:run-mode RUN-NONINTERACTIVE #:image image
            #:drawables (vector content) #:style style #:size 7))))))

; gimprc says so
(check "the size of GIMP's tile cache limits the memory"
  (lambda ()
    (let* ((content (load-layer "content.png")) (image (image-of content))
           (style (load-layer "wave.png")))
      (refused? image "1200 MiB"
        (lambda ()
          (plug-in-neural-style-transfer #:run-mode RUN-NONINTERACTIVE #:image image
            #:drawables (vector content) #:style style #:size 32768))))))

; ---------------------------------------------------------------------- last values

(define parasite "plug-in-neural-style-transfer-styles")
(define (repeat content)
  (plug-in-neural-style-transfer #:run-mode RUN-WITH-LAST-VALS #:image (image-of content)
    #:drawables (vector content)))

(check "last values without a last style are refused"
  (lambda ()
    (let ((content (load-layer "content.png")))
      (refused? (image-of content) "There is no style yet" (lambda () (repeat content))))))

(check "last values with a style that was closed are refused"
  (lambda ()
    (let ((content (load-layer "content.png")) (style (load-layer "wave.png")))
      (gimp-attach-parasite (list parasite 0 (string-append (number->string style) ":1")))
      (gimp-image-delete (image-of style))
      (refused? (image-of content) "The style is no longer open" (lambda () (repeat content))))))

(check "last values with a style that was deleted from its image are refused"
  (lambda ()
    (let* ((content (load-layer "content.png")) (style (load-layer "wave.png"))
           (other (gimp-layer-new-from-drawable style (image-of style))))
      (gimp-image-insert-layer (image-of style) other 0 0)
      (gimp-attach-parasite (list parasite 0 (string-append (number->string style) ":1")))
      (gimp-image-remove-layer (image-of style) style)
      (let ((result (refused? (image-of content) "" (lambda () (repeat content)))))
        (gimp-detach-parasite parasite)
        (and result
             (or (contains? last-error "The style was deleted")
                 (contains? last-error "no longer open")))))))
