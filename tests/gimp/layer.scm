; SPDX-License-Identifier: GPL-3.0-or-later
;
; The new layer, inside GIMP 2.10 and 3: its pixels, its name, its place and shape.

; --------------------------------------------------------------- the main thing

(define called "Style of wave (Draft, Working size 64, Iterations 4, Seed 1)")
(check "a styled layer above the content, differing from content and style"
  (lambda ()
    (let* ((content (load-layer "content.png")) (image (image-of content))
           (style (load-layer "wave.png"))
           (layer (stylise content style)))
      (and (equal? (list layer content) (layers image))
           (equal? '(64 48) (size layer))
           (true? (one (gimp-image-is-dirty image)))
           (differs? layer content) (differs? layer style)))))

(check "it is called after style and settings, and it becomes active"
  (lambda ()
    (let* ((content (load-layer "content.png")) (style (load-layer "wave.png")))
      (copy-of style (image-of style) 0)
      (gimp-item-set-name style "wave")
      (let ((layer (stylise content style)))
        (and (string=? called (one (gimp-item-get-name layer)))
             (equal? (list layer) (active-layers (image-of content))))))))

(check "no alpha where the content has none, no mask without a selection"
  (lambda ()
    (let ((content (load-layer "content.png")))
      (gimp-layer-flatten content)
      (let ((layer (stylise content (load-layer "wave.png"))))
        (and (= -1 (one (gimp-layer-get-mask layer)))
             (not (true? (one (gimp-drawable-has-alpha layer)))))))))

(check "how it was made stands on the layer"
  (lambda ()
    (let ((style (load-layer "wave.png")))
      (copy-of style (image-of style) 0)
      (gimp-item-set-name style "wave")
      (let* ((layer (stylise (load-layer "content.png") style))
             (note (one (gimp-item-get-parasite layer "plug-in-neural-style-transfer-settings"))))
        (and (contains? (caddr note) "style=wave") (contains? (caddr note) "version=")
             (contains? (caddr note) "preset=draft") (contains? (caddr note) "size=64")
             (contains? (caddr note) "smoothness=50"))))))

(check "the same seed gives the same pixels, another one others"
  (lambda ()
    (let* ((content (load-layer "content.png")) (style (load-layer "wave.png"))
           (run (lambda (seed) (style-from "noise" content style 50 4 seed)))
           (one (run 7)) (again (run 7)) (other (run 8)))
      (and (same? one again) (not (same? one other))))))

; A layer's pixels; the layer goes.
(define (take-pixels layer)
  (let ((all (pixels layer)))
    (gimp-image-remove-layer (image-of layer) layer)
    all))
; Whether NEXT is one step from FAR, where START is one step from the content.
(define (goes-on? next far start)
  (< (distance next far) (* 0.3 (distance start far))))

(check "from the last result the run goes on; without one it starts from the content"
  (lambda ()
    (let* ((content (load-layer "content.png")) (style (load-layer "wave.png"))
           (run (lambda (iterations start) (style-from start content style 90 iterations 1)))
           (without (take-pixels (run 1 "result"))) (start (take-pixels (run 1 "content")))
           (old (run 1 "content")) (far (run 40 "content")) (next (run 1 "result")))
      (and (equal? without start)
           (equal? (list next far old content) (layers (image-of content)))
           (goes-on? (pixels next) (pixels far) start)))))

(check "the last result is found in a group, at its place; another layer's is not"
  (lambda ()
    (let* ((lowest (load-layer "content.png")) (image (image-of lowest))
           (group (new-group image)) (style (load-layer "wave.png"))
           (run (lambda (layer iterations start) (style-from start layer style 90 iterations 1))))
      (gimp-image-insert-layer image group 0 0)
      (let* ((content (copy-of lowest image group))
             (start (take-pixels (run content 1 "content"))))
        (gimp-layer-set-offsets content 5 9)
        (run (copy-of lowest image group) 40 "content")
        (let* ((fresh (take-pixels (run content 1 "result"))) (far (run content 40 "content"))
               (next (run content 1 "result")))
          (and (equal? fresh start)
               (goes-on? (pixels next) (pixels far) start)))))))

; ------------------------------------------------------------------- place, shape

(define (position layer) (one (gimp-image-get-item-position (image-of layer) layer)))

(check "offsets, group and position"
  (lambda ()
    (let* ((lowest (load-layer "content.png")) (image (image-of lowest))
           (group (new-group image)))
      (gimp-image-insert-layer image group 0 0)
      (let ((content (copy-of lowest image group)))
        (copy-of lowest image group)
        (gimp-layer-set-offsets content -10 7)
        (let ((layer (stylise content (load-layer "wave.png"))))
          (and (equal? '(-10 7) (gimp-drawable-offsets layer))
               (= group (one (gimp-item-get-parent layer)))
               (= 1 (position layer)) (= 2 (position content))))))))

(check "a layer group as the content"
  (lambda ()
    (let* ((lowest (load-layer "content.png")) (image (image-of lowest))
           (group (new-group image)))
      (gimp-image-insert-layer image group 0 0)
      (copy-of lowest image group)
      (let ((layer (stylise group (load-layer "wave.png"))))
        (and (equal? (list layer group lowest) (layers image))
             (equal? '(64 48) (size layer)))))))

(check "the alpha of the content"
  (lambda ()
    (let* ((content (load-layer "content.png")) (image (image-of content)))
      (gimp-layer-add-alpha content)
      (gimp-image-select-rectangle image CHANNEL-OP-REPLACE 0 0 32 48)
      (gimp-drawable-edit-clear content)
      (gimp-selection-none image)
      (let* ((layer (stylise content (load-layer "wave.png")))
             (alpha (lambda (x) (list-ref (pixel layer x 20) 3))))
        (and (= 0 (alpha 5) (alpha 31)) (= 255 (alpha 32) (alpha 60)))))))

; What is seen of IMAGE, whose lowest layer is CONTENT, differs from it within the selection only.
(define (outside-as-before? image content)
  (let* ((selection (one (gimp-image-get-selection image))) (offsets (gimp-drawable-offsets content))
         (left (car offsets)) (top (cadr offsets))
         (seen (one (gimp-layer-new-from-visible image image "seen"))))
    (gimp-image-insert-layer image seen 0 0)
    (let loop ((i 0) (changed 0))
      (if (= i 60)
        (> changed 5)
        (let* ((x (+ 4 (modulo (* i 7) 54))) (y (modulo (* i 11) 44))
               (same (equal? (cdr (reverse (pixel seen x y))) ; less its alpha
                             (reverse (pixel content (- x left) (- y top))))))
          (and (or same (> (car (pixel selection x y)) 0))
               (loop (+ i 1) (if same changed (+ changed 1)))))))))

(check "the selection's box is styled and its shape becomes the mask"
  (lambda ()
    (let* ((content (load-layer "content.png")) (image (image-of content)))
      (gimp-layer-set-offsets content 3 -2)
      (gimp-image-select-ellipse image CHANNEL-OP-REPLACE 8 10 40 30)
      (let* ((layer (stylise content (load-layer "wave.png")))
             (mask (one (gimp-layer-get-mask layer)))
             (value (lambda (x y) (car (pixel mask x y)))))
        (and (equal? '(40 30) (size layer))
             (equal? '(8 10) (gimp-drawable-offsets layer))
             (= 0 (value 0 0) (value 39 29)) (= 255 (value 20 15))
             (not (true? (one (gimp-layer-get-edit-mask layer))))
             (not (true? (one (gimp-selection-is-empty image))))
             (outside-as-before? image content))))))

; The selection decides what is styled, not what surrounds it, which is seen all the same.
(check "what is not selected stays as it is; only the selection and its surroundings count"
  (lambda ()
    (let* ((content (load-layer "content.png")) (image (image-of content))
           (before (pixels content)) (style (load-layer "wave.png"))
           (wide (one (gimp-image-duplicate image))) (far (car (layers wide)))
           (box (lambda (image) (gimp-image-select-rectangle image CHANNEL-OP-REPLACE 4 5 12 10)))
           (whiten (lambda (x width)
                     (gimp-image-select-rectangle wide CHANNEL-OP-REPLACE x 0 width 48)
                     (gimp-drawable-edit-fill far FILL-WHITE)
                     (box wide))))
      (box image)
      (whiten 33 31) ; beyond the margin
      (let ((layer (stylise content style)) (other (stylise far style)))
        (and (equal? before (pixels content))
             (equal? '(12 10) (size layer))
             (same? layer other)
             (begin (gimp-image-remove-layer wide other) (whiten 17 5) #t)
             (not (same? layer (stylise far style))))))))
