; SPDX-License-Identifier: GPL-3.0-or-later
;
; The new layer, inside GIMP 3: its pixels, its name, its place and shape.

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
