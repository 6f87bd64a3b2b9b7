; SPDX-License-Identifier: GPL-3.0-or-later
;
; The new layer, inside GIMP 2.10: its pixels, its name, its place and shape.

; --------------------------------------------------------------- the main thing

(check "the procedure is registered with its layer as the result"
  (lambda ()
    (let ((info (gimp-procedural-db-proc-info "plug-in-neural-style-transfer")))
      (and (contains? (car info) "style of another picture")
           (= 16 (list-ref info 6)) (= 1 (list-ref info 7))))))

(define called "Style of wave (Draft, Working size 64, Iterations 4, Seed 1)")
(check "a styled layer above the content, differing from content and style"
  (lambda ()
    (let* ((content (load-layer "content.png")) (image (image-of content))
           (style (load-layer "wave.png"))
           (layer (stylise content style)))
      (and (equal? (list layer content) (layers image))
           (equal? '(64 48) (size layer))
           (true? (car (gimp-image-is-dirty image)))
           (differs? layer content) (differs? layer style)))))

(check "it is called after style and settings, it becomes active, its alpha is kept out"
  (lambda ()
    (let* ((content (load-layer "content.png")) (style (load-layer "wave.png")))
      (copy-of style (image-of style) 0)
      (gimp-item-set-name style "wave")
      (let ((layer (stylise content style)))
        (and (string=? called (car (gimp-item-get-name layer)))
             (= layer (car (gimp-image-get-active-layer (image-of content))))
             (= -1 (car (gimp-layer-get-mask layer)))
             (not (true? (car (gimp-drawable-has-alpha layer)))))))))

(check "a picture of one layer is called by its file"
  (lambda ()
    (let* ((style (car (gimp-file-load RUN-NONINTERACTIVE (file "wave.png") "wave.png")))
           (layer (stylise (load-layer "content.png") (car (layers style)))))
      (string=? called (car (gimp-item-get-name layer))))))

(check "how it was made stands on the layer"
  (lambda ()
    (let* ((style (load-layer "wave.png"))
           (layer (begin (copy-of style (image-of style) 0) (gimp-item-set-name style "wave")
                         (stylise (load-layer "content.png") style)))
           (note (car (gimp-item-get-parasite layer "plug-in-neural-style-transfer-settings"))))
      (and (contains? (caddr note) "style=wave") (contains? (caddr note) "version=")
           (contains? (caddr note) "preset=draft") (contains? (caddr note) "size=64")
           (contains? (caddr note) "smoothness=50")))))

(check "every choice is taken"
  (lambda ()
    (let* ((content (load-layer "content.png")) (style (load-layer "wave.png"))
           (run (lambda (preset colour recipe optimizer start)
                  (call RUN-NONINTERACTIVE (image-of content) content style preset 70 80 colour
                    20 32 1 "" recipe optimizer start 5))))
      (run 0 0 0 0 0) (run 1 1 0 1 1) (run 2 0 1 -1 0) (run 0 0 2 2 0) (run 0 2 0 -1 2)
      (= 6 (length (layers (image-of content)))))))

(check "the same seed gives the same pixels, another one others"
  (lambda ()
    (let* ((content (load-layer "content.png")) (style (load-layer "wave.png"))
           (run (lambda (seed)
                  (call RUN-NONINTERACTIVE (image-of content) content style 0 50 100 0 50 64 4
                    "" 0 -1 1 seed)))
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
    (let* ((content (load-layer "content.png")) (image (image-of content))
           (style (load-layer "wave.png"))
           (run (lambda (iterations start)
                  (call RUN-NONINTERACTIVE image content style 0 90 100 0 50 64 iterations "" 0
                    -1 start 1)))
           (without (take-pixels (run 1 2))) (start (take-pixels (run 1 0)))
           (old (run 1 0)) (far (run 40 0)) (next (run 1 2)))
      (and (equal? without start)
           (equal? (list next far old content) (layers image))
           (goes-on? (pixels next) (pixels far) start)))))

(check "the last result is found in a group, at its place; another layer's is not"
  (lambda ()
    (let* ((lowest (load-layer "content.png")) (image (image-of lowest))
           (group (car (gimp-layer-group-new image))) (style (load-layer "wave.png"))
           (run (lambda (layer iterations start)
                  (call RUN-NONINTERACTIVE image layer style 0 90 100 0 50 64 iterations "" 0 -1
                    start 1))))
      (gimp-image-insert-layer image group 0 0)
      (let* ((content (copy-of lowest image group)) (start (take-pixels (run content 1 0))))
        (gimp-layer-set-offsets content 5 9)
        (run (copy-of lowest image group) 40 0)
        (let* ((fresh (take-pixels (run content 1 2))) (far (run content 40 0))
               (next (run content 1 2)))
          (and (equal? fresh start)
               (goes-on? (pixels next) (pixels far) start)))))))

; ------------------------------------------------------------------- place, shape

(check "offsets, group and position"
  (lambda ()
    (let* ((lowest (load-layer "content.png")) (image (image-of lowest))
           (group (car (gimp-layer-group-new image))))
      (gimp-image-insert-layer image group 0 0)
      (let ((content (copy-of lowest image group)))
        (copy-of lowest image group)
        (gimp-layer-set-offsets content -10 7)
        (let ((layer (stylise content (load-layer "wave.png"))))
          (and (equal? '(-10 7) (gimp-drawable-offsets layer))
               (= group (car (gimp-item-get-parent layer)))
               (= 1 (position layer)) (= 2 (position content))))))))

(check "a layer group as the content"
  (lambda ()
    (let* ((lowest (load-layer "content.png")) (image (image-of lowest))
           (group (car (gimp-layer-group-new image))))
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
      (gimp-edit-clear content)
      (gimp-selection-none image)
      (let* ((layer (stylise content (load-layer "wave.png")))
             (alpha (lambda (x) (list-ref (pixel layer x 20) 3))))
        (and (= 0 (alpha 5) (alpha 31)) (= 255 (alpha 32) (alpha 60)))))))

; What is seen of IMAGE, whose lowest layer is CONTENT, differs from it within the selection only.
(define (outside-as-before? image content)
  (let* ((selection (car (gimp-image-get-selection image))) (offsets (gimp-drawable-offsets content))
         (left (car offsets)) (top (cadr offsets))
         (seen (car (gimp-layer-new-from-visible image image "seen"))))
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
             (mask (car (gimp-layer-get-mask layer))))
        (and (equal? '(40 30) (size layer))
             (equal? '(8 10) (gimp-drawable-offsets layer))
             (equal? '(0) (pixel mask 0 0)) (equal? '(0) (pixel mask 39 29))
             (equal? '(255) (pixel mask 20 15))
             (not (true? (car (gimp-layer-get-edit-mask layer))))
             (not (true? (car (gimp-selection-is-empty image))))
             (outside-as-before? image content))))))

; The selection decides what is styled, not what surrounds it, which is seen all the same.
(check "what is not selected stays as it is; only the selection and its surroundings count"
  (lambda ()
    (let* ((content (load-layer "content.png")) (image (image-of content))
           (before (pixels content)) (style (load-layer "wave.png"))
           (wide (car (gimp-image-duplicate image))) (far (car (layers wide)))
           (box (lambda (image x y)
                  (gimp-image-select-rectangle image CHANNEL-OP-REPLACE x y 12 10))))
      (box image 4 5)
      ; everything beyond the margin changed makes no difference
      (gimp-image-select-rectangle wide CHANNEL-OP-REPLACE 33 0 31 48)
      (gimp-drawable-edit-fill far FILL-WHITE)
      (box wide 4 5)
      (let ((layer (stylise content style)) (other (stylise far style)))
        (and (equal? before (pixels content))
             (equal? '(12 10) (size layer))
             (same? layer other)
             (begin
               (gimp-image-remove-layer wide other)
               (gimp-image-select-rectangle wide CHANNEL-OP-REPLACE 17 0 5 48)
               (gimp-drawable-edit-fill far FILL-WHITE)
               (box wide 4 5)
               (not (same? layer (stylise far style)))))))))
