; SPDX-License-Identifier: GPL-3.0-or-later
;
; The checks that gimp3.sh runs inside GIMP 3, before those of checks.scm.  `folder' is
; where the pictures lie.

(define last-error "")
(set! *error-hook*
  (lambda x
    (set! last-error
      (apply string-append
        (map (lambda (y)
               (cond ((string? y) y) ((symbol? y) (symbol->string y)) (else "?")))
             x)))
    (apply throw x)))

(define (check name thunk)
  (set! last-error "")
  (let ((result (catch 'failed (thunk))))
    (if (eq? result 'failed)
      (gimp-message (string-append "error: " last-error)))
    (gimp-message (string-append (if (eq? result #t) "ok - " "not ok - ") name))
    (for-each
      (lambda (image) (if (not (assv image pictures)) (gimp-image-delete image)))
      (vector->list (gimp-get-images)))))

(define (contains? text part)
  (let ((n (string-length part)))
    (let loop ((i 0))
      (cond ((> (+ i n) (string-length text)) #f)
            ((string=? (substring text i (+ i n)) part) #t)
            (else (loop (+ i 1)))))))

(define (file name) (string-append folder name))
(define (true? x) (or (eq? x #t) (eqv? x TRUE)))
; What a procedure of one result gives.
(define (one x) x)
(define precision-8-bit PRECISION-U8-NON-LINEAR)
(define precision-16-bit PRECISION-U16-NON-LINEAR)
(define (icc name) (file name))
(define gimp-drawable-offsets gimp-drawable-get-offsets)
(define gimp-image-base-type gimp-image-get-base-type)
; Each picture is loaded once; every check gets copies.
(define pictures
  (map (lambda (name) (cons (gimp-file-load RUN-NONINTERACTIVE (file name)) name))
       '("content.png" "wave.png" "poppies.png" "nan.pfm")))
(define (load-image name)
  (let loop ((all pictures))
    (if (string=? name (cdar all)) (gimp-image-duplicate (caar all)) (loop (cdr all)))))
(define (first-layer image) (vector-ref (gimp-image-get-layers image) 0))
(define (layers image) (vector->list (gimp-image-get-layers image)))
(define (n-layers image) (vector-length (gimp-image-get-layers image)))
(define (load-layer name) (first-layer (load-image name)))
(define (image-of item) (gimp-item-get-image item))

(define (style-with drawables image style seed start)
  (plug-in-neural-style-transfer #:run-mode RUN-NONINTERACTIVE #:image image
    #:drawables drawables #:style style #:preset "draft" #:size 64 #:iterations 8
    #:seed seed #:start start))
(define (stylise layer style)
  (style-with (vector layer) (image-of layer) style 1 "content"))

(define (pixel layer x y) (gimp-drawable-get-pixel layer x y))
(define (copy-of layer image parent)
  (let ((copy (gimp-layer-new-from-drawable layer image)))
    (gimp-image-insert-layer image copy parent 0)
    copy))
(define (size layer) (list (gimp-drawable-get-width layer) (gimp-drawable-get-height layer)))
(define (new-group image) (gimp-group-layer-new image "group"))

; One step, so that small differences stay small.
(define (paint layer style)
  (plug-in-neural-style-transfer #:run-mode RUN-NONINTERACTIVE #:image (image-of layer)
    #:drawables (vector layer) #:style style #:preset "draft" #:size 64 #:iterations 1))

; The pixels of a layer, thinned out, as one list of numbers from 0 to 255.
(define (pixels layer)
  (let ((w (gimp-drawable-get-width layer)) (h (gimp-drawable-get-height layer)))
    (let loop ((i 0) (all '()))
      (if (= i 48)
        all
        (loop (+ i 1)
          (append (gimp-drawable-get-pixel layer (modulo (* i 5) w) (modulo (* i 7) h)) all))))))
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
  (let ((before (gimp-image-get-layers image)))
    (gimp-image-clean-all image)
    (and (eq? 'failed (catch 'failed (thunk)))
         (or (contains? last-error part) (begin (gimp-message last-error) #f))
         (equal? before (gimp-image-get-layers image))
         (not (true? (gimp-image-is-dirty image))))))

; --------------------------------------------------------------- the main thing

(check "a styled layer of the content's size, differing from content and style"
  (lambda ()
    (let* ((content (load-layer "content.png")) (style (load-layer "wave.png"))
           (layer (stylise content style)))
      (and (= 2 (n-layers (image-of content)))
           (= 64 (gimp-drawable-get-width layer)) (= 48 (gimp-drawable-get-height layer))
           (differs? layer content) (differs? layer style)))))

(check "it is called after style and settings and lies above the content"
  (lambda ()
    (let* ((content (load-layer "content.png")) (image (image-of content))
           (style (load-layer "wave.png"))
           (layer (begin (gimp-item-set-name content "photo")
                         (gimp-item-set-name style "wave")
                         (stylise content style))))
      (and (string=? "Style of wave (Draft, Working size 64, Iterations 8, Seed 1)"
                     (gimp-item-get-name layer))
           (= 0 (gimp-image-get-item-position image layer))
           (= 1 (gimp-image-get-item-position image content))))))

(check "it is selected, and how it was made stands on it"
  (lambda ()
    (let* ((content (load-layer "content.png")) (style (load-layer "wave.png"))
           (layer (begin (gimp-item-set-name style "wave") (stylise content style)))
           (note (gimp-item-get-parasite layer "plug-in-neural-style-transfer-settings")))
      (and (equal? (vector layer) (gimp-image-get-selected-layers (image-of content)))
           (contains? (caddr note) "style=wave") (contains? (caddr note) "version=")
           (contains? (caddr note) "preset=draft") (contains? (caddr note) "size=64")
           (contains? (caddr note) "smoothness=50")))))

(check "every preset, recipe, optimizer, colour and start is taken"
  (lambda ()
    (let* ((content (load-layer "content.png")) (style (load-layer "wave.png"))
           (run (lambda (preset colour recipe optimizer start)
                  (plug-in-neural-style-transfer #:run-mode RUN-NONINTERACTIVE
                    #:image (image-of content) #:drawables (vector content) #:style style
                    #:preset preset #:strength 70 #:style-scale 80 #:colour colour
                    #:smoothness 20 #:size 32 #:iterations 1 #:network "" #:recipe recipe
                    #:optimizer optimizer #:start start #:seed 5))))
      (run "draft" "style" "default" "l-bfgs" "content")
      (run "draft" "content" "default" "adam" "noise")
      (run "draft" "style" "gatys" "recipe" "content")
      (run "draft" "style" "keras" "sgd" "content")
      (run "draft" "match" "default" "recipe" "result")
      (= 6 (n-layers (image-of content))))))

(check "from the last result the run goes on; without one it starts from the content"
  (lambda ()
    (let* ((content (load-layer "content.png")) (image (image-of content))
           (style (load-layer "wave.png"))
           (run (lambda (iterations start)
                  (plug-in-neural-style-transfer #:run-mode RUN-NONINTERACTIVE #:image image
                    #:drawables (vector content) #:style style #:preset "draft" #:strength 90
                    #:size 64 #:iterations iterations #:start start)))
           (without (run 1 "result")))
      (gimp-image-remove-layer image without)
      (let* ((start (run 1 "content")) (far (run 40 "content")) (next (run 1 "result")))
        (and (= 4 (n-layers image))
             (< (distance (pixels next) (pixels far))
                (* 0.3 (distance (pixels start) (pixels far)))))))))

(check "the colours of the content are kept when asked"
  (lambda ()
    (let* ((content (load-layer "content.png")) (style (load-layer "poppies.png"))
           (run (lambda (colour)
                  (plug-in-neural-style-transfer #:run-mode RUN-NONINTERACTIVE
                    #:image (image-of content) #:drawables (vector content) #:style style
                    #:preset "draft" #:size 64 #:iterations 8 #:colour colour)))
           (own (run "content")) (foreign (run "style")))
      (differs? own foreign))))

(check "the same seed gives the same pixels, another one others"
  (lambda ()
    (let* ((content (load-layer "content.png")) (style (load-layer "wave.png"))
           (run (lambda (seed)
                  (style-with (vector content) (image-of content) style seed "noise")))
           (one (run 7)) (again (run 7)) (other (run 8)))
      (and (same? one again) (not (same? one other))))))

; ------------------------------------------------------------------- place, shape

(check "offsets, group and position"
  (lambda ()
    (let* ((lowest (load-layer "content.png")) (image (image-of lowest))
           (group (gimp-group-layer-new image "group"))
           (content (gimp-layer-new-from-drawable lowest image))
           (top (gimp-layer-new-from-drawable lowest image)))
      (gimp-image-insert-layer image group 0 0)
      (gimp-image-insert-layer image content group 0)
      (gimp-image-insert-layer image top group 0)
      (gimp-layer-set-offsets content -10 7)
      (let* ((layer (stylise content (load-layer "wave.png"))))
        (and (equal? '(-10 7) (gimp-drawable-get-offsets layer))
             (= group (gimp-item-get-parent layer))
             (= 1 (gimp-image-get-item-position image layer))
             (= 2 (gimp-image-get-item-position image content)))))))

(check "a layer group as the content"
  (lambda ()
    (let* ((lowest (load-layer "content.png")) (image (image-of lowest))
           (group (gimp-group-layer-new image "group"))
           (child (gimp-layer-new-from-drawable lowest image)))
      (gimp-image-insert-layer image group 0 0)
      (gimp-image-insert-layer image child group 0)
      (let ((layer (stylise group (load-layer "wave.png"))))
        (and (= 0 (gimp-image-get-item-position image layer))
             (= 3 (n-layers image)))))))

(check "the alpha of the content"
  (lambda ()
    (let* ((content (load-layer "content.png")) (image (image-of content)))
      (gimp-layer-add-alpha content)
      (gimp-image-select-rectangle image CHANNEL-OP-REPLACE 0 0 32 48)
      (gimp-drawable-edit-clear content)
      (gimp-selection-none image)
      (let* ((layer (stylise content (load-layer "wave.png")))
             (alpha (lambda (x) (list-ref (gimp-drawable-get-pixel layer x 20) 3))))
        (and (true? (gimp-drawable-has-alpha layer))
             (= 0 (alpha 5) (alpha 31)) (= 255 (alpha 32) (alpha 60)))))))

(check "no alpha where the content has none"
  (lambda ()
    (let ((content (load-layer "content.png")))
      (gimp-layer-flatten content)
      (not (true? (gimp-drawable-has-alpha (stylise content (load-layer "wave.png"))))))))

; What is seen of IMAGE, whose lowest layer is CONTENT, differs from it within the selection only.
(define (outside-as-before? image content)
  (let ((selection (gimp-image-get-selection image))
        (seen (gimp-layer-new-from-visible image image "seen")))
    (gimp-image-insert-layer image seen 0 0)
    (let loop ((i 0) (changed 0))
      (if (= i 60)
        (> changed 5)
        (let* ((x (modulo (* i 7) 64)) (y (modulo (* i 11) 48))
               (same (equal? (cdr (reverse (gimp-drawable-get-pixel seen x y))) ; less its alpha
                             (reverse (gimp-drawable-get-pixel content x y)))))
          (and (or same (> (car (gimp-drawable-get-pixel selection x y)) 0))
               (loop (+ i 1) (if same changed (+ changed 1)))))))))

(check "the selection's box is styled and its shape becomes the mask"
  (lambda ()
    (let* ((content (load-layer "content.png")) (image (image-of content)))
      (gimp-image-select-ellipse image CHANNEL-OP-REPLACE 8 10 40 30)
      (let* ((layer (stylise content (load-layer "wave.png")))
             (mask (gimp-layer-get-mask layer))
             (value (lambda (x y) (car (gimp-drawable-get-pixel mask x y)))))
        (and (= 40 (gimp-drawable-get-width layer)) (= 30 (gimp-drawable-get-height layer))
             (equal? '(8 10) (gimp-drawable-get-offsets layer))
             (= 0 (value 0 0) (value 39 29)) (= 255 (value 20 15))
             (not (true? (gimp-layer-get-edit-mask layer)))
             (not (true? (gimp-selection-is-empty image)))
             (outside-as-before? image content))))))

; The selection decides what is styled, not what surrounds it, which is seen all the same.
(check "what is not selected stays as it is; only the selection and its surroundings count"
  (lambda ()
    (let* ((content (load-layer "content.png")) (image (image-of content))
           (before (pixels content)) (style (load-layer "wave.png"))
           (wide (gimp-image-duplicate image)) (far (vector-ref (gimp-image-get-layers wide) 0))
           (box (lambda (image) (gimp-image-select-rectangle image CHANNEL-OP-REPLACE 4 5 12 10)))
           (whiten (lambda (x width)
                     (gimp-image-select-rectangle wide CHANNEL-OP-REPLACE x 0 width 48)
                     (gimp-drawable-edit-fill far FILL-WHITE)
                     (box wide))))
      (box image)
      (whiten 33 31) ; beyond the margin
      (let ((layer (stylise content style)) (other (stylise far style)))
        (and (equal? before (pixels content))
             (same? layer other)
             (begin (gimp-image-remove-layer wide other) (whiten 17 5) #t)
             (not (same? layer (stylise far style))))))))

(check "no mask without a selection"
  (lambda ()
    (let ((layer (stylise (load-layer "content.png") (load-layer "wave.png"))))
      (= -1 (gimp-layer-get-mask layer)))))

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
           (try (lambda (layers) (style-with layers image style 1 "content"))))
      (gimp-image-insert-layer image other 0 0)
      (and (refused? image "Exactly one layer" (lambda () (try (vector content other))))
           (refused? image "Exactly one layer" (lambda () (try (vector))))))))

(check "a deleted layer is refused"
  (lambda ()
    (let* ((content (load-layer "content.png")) (image (image-of content)))
      (gimp-image-remove-layer image content)
      (refused? image "" (lambda ()
                           (style-with (vector content) image (load-layer "wave.png")
                             1 "content"))))))

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

; -------------------------------------------------------- filters beside the layers

(define (invert layer)
  (gimp-drawable-append-filter layer (gimp-drawable-filter-new layer "gegl:invert-gamma" "")))
(define (really-inverted name)
  (let ((layer (load-layer name)))
    (invert layer)
    (gimp-drawable-merge-filters layer)
    layer))
(define (rgb layer)
  (if (true? (gimp-drawable-has-alpha layer)) (without-alpha (pixels layer)) (pixels layer)))
(define (near? a b) (< (distance (rgb a) (rgb b)) 3))

(check "what the filters of content and style make of them is seen"
  (lambda ()
    (let ((content (load-layer "content.png")) (style (load-layer "wave.png")))
      (invert content)
      (invert style)
      (gimp-image-clean-all (image-of style))
      (and (near? (paint content style)
             (paint (really-inverted "content.png") (really-inverted "wave.png")))
           (= 1 (vector-length (gimp-drawable-get-filters content))
                (vector-length (gimp-drawable-get-filters style)))
           (not (true? (gimp-image-is-dirty (image-of style))))))))

(check "the filters of a group, with an offset, opacity and mask"
  (lambda ()
    (let* ((lowest (load-layer "content.png")) (image (image-of lowest))
           (group (new-group image)) (style (load-layer "wave.png")))
      (gimp-image-insert-layer image group 0 0)
      (copy-of lowest image group)
      (invert group)
      (gimp-layer-set-opacity group 30)
      (gimp-layer-set-offsets group 7 -5)
      (gimp-layer-add-mask group (gimp-layer-create-mask group ADD-MASK-WHITE))
      (let ((layer (paint group style)))
        (and (equal? '(7 -5) (gimp-drawable-get-offsets layer))
             (equal? '(64 48) (size layer))
             (near? layer (paint (really-inverted "content.png") style)))))))

(check "a filter that makes a layer grow, and one that is hidden"
  (lambda ()
    (let* ((content (load-layer "content.png")) (style (load-layer "wave.png"))
           (plain (stylise content style)) (image (image-of content)))
      (gimp-image-remove-layer image plain)
      (gimp-drawable-append-filter content
        (gimp-drawable-filter-new content "gegl:dropshadow" ""))
      (let ((layer (stylise content style)))
        (and (equal? '(64 48) (size layer)) (equal? '(0 0) (gimp-drawable-get-offsets layer)))))))

; ------------------------------------------------- layers of GIMP 3.2 that have no pixels of their own

; LAYER, which the image has already, is painted as a group is that holds nothing else, also
; with a filter, and IS-KIND? says that it stays of its kind.
(define (painted-as-seen? layer style is-kind?)
  (let* ((image (image-of layer))
         (like-group?
           (lambda ()
             (let ((group (new-group image)))
               (gimp-image-insert-layer image group 0 0)
               (copy-of layer image group)
               (near? (paint layer style) (paint group style))))))
    (and (like-group?)
         (begin (invert layer) (like-group?))
         (true? (is-kind? layer)))))

(define (insert layer image)
  (gimp-image-insert-layer image layer 0 0)
  layer)
(define (new-link image)
  (insert (gimp-link-layer-new image (file "content.png")) image))
(define (new-vector image)
  (let ((path (gimp-path-new image "ellipse")))
    (gimp-image-insert-path image path 0 0)
    (gimp-path-bezier-stroke-new-ellipse path 32 24 20 15 0)
    (let ((layer (insert (gimp-vector-layer-new image path) image)))
      (gimp-vector-layer-set-fill-color layer "orange")
      (gimp-vector-layer-refresh layer)
      layer)))

(define (check-kind name new is-kind?)
  (check (string-append name " as content and as style")
    (lambda ()
      (let* ((image (load-image "wave.png")) (layer (new image)) (content (load-layer "content.png")))
        (and (painted-as-seen? layer (load-layer "poppies.png") is-kind?)
             (differs? (stylise content layer) (stylise content (load-layer "poppies.png"))))))))
(if (defined? 'gimp-link-layer-new)
  (begin
    (check-kind "a link layer" new-link gimp-item-id-is-link-layer)
    (check-kind "a vector layer" new-vector gimp-item-id-is-vector-layer)))
