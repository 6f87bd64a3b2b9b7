; SPDX-License-Identifier: GPL-3.0-or-later
;
; The checks that gimp2.sh runs inside GIMP 2.10, before those of checks.scm.  `folder'
; is where the pictures lie.

(define last-error "")
(define (text x)
  (cond ((string? x) x) ((pair? x) (string-append (text (car x)) (text (cdr x)))) (else "")))
(define (throw . x)
  (set! last-error (text x))
  (if (more-handlers?) (apply (pop-handler) '()) (apply error x)))
(define *error-hook* throw)

(define (check name thunk)
  (set! last-error "")
  (let ((result (catch 'failed (thunk))))
    (if (eq? result 'failed) (gimp-message (string-append "error: " last-error)))
    (gimp-message (string-append (if (eq? result #t) "ok - " "not ok - ") name)))
  (for-each
    (lambda (image) (if (not (assv image pictures)) (gimp-image-delete image)))
    (vector->list (cadr (gimp-image-list)))))

(define (contains? string part)
  (let ((n (string-length part)))
    (let loop ((i 0))
      (cond ((> (+ i n) (string-length string)) #f)
            ((string=? (substring string i (+ i n)) part) #t)
            (else (loop (+ i 1)))))))

(define (file name) (string-append folder name))
(define (true? x) (= x TRUE))
; What a procedure of one result gives.
(define one car)
(define precision-8-bit PRECISION-U8-GAMMA)
(define precision-16-bit PRECISION-U16-GAMMA)
(define (icc name) (string-append "file://" folder name))
; Each picture is loaded once; every check gets copies.
(define pictures
  (map (lambda (name)
         (cons (car (gimp-file-load RUN-NONINTERACTIVE (file name) name)) name))
       '("content.png" "wave.png" "poppies.png" "nan.tif")))
(define (load-image name)
  (let loop ((all pictures))
    (if (string=? name (cdar all)) (car (gimp-image-duplicate (caar all))) (loop (cdr all)))))
(define (layers image) (vector->list (cadr (gimp-image-get-layers image))))
(define (load-layer name) (car (layers (load-image name))))
(define (image-of item) (car (gimp-item-get-image item)))
(define (copy-of layer image parent)
  (let ((copy (car (gimp-layer-new-from-drawable layer image))))
    (gimp-image-insert-layer image copy parent 0)
    copy))

; The filter, with those arguments that some check changes.
(define (call mode image drawable style preset strength scale colour smoothness size
              iterations network recipe optimizer start seed)
  (car (plug-in-neural-style-transfer mode image drawable style preset strength scale colour
         smoothness size iterations network recipe optimizer start seed)))
(define (stylise layer style)
  (call RUN-NONINTERACTIVE (image-of layer) layer style 0 50 100 0 50 64 4 "" 0 -1 0 1))

(define (new-group image) (car (gimp-layer-group-new image)))

; One step, so that small differences stay small.
(define (paint layer style)
  (call RUN-NONINTERACTIVE (image-of layer) layer style 0 50 100 0 50 64 1 "" 0 -1 0 1))

; The pixels of a layer, thinned out, as one list of numbers from 0 to 255.
(define (pixel layer x y) (vector->list (cadr (gimp-drawable-get-pixel layer x y))))
(define (pixels layer)
  (let ((w (car (gimp-drawable-width layer))) (h (car (gimp-drawable-height layer))))
    (let loop ((i 0) (all '()))
      (if (= i 48)
        all
        (loop (+ i 1) (append (pixel layer (modulo (* i 5) w) (modulo (* i 7) h)) all))))))
(define (distance a b)
  (/ (apply + (map (lambda (x y) (abs (- x y))) a b)) (length a)))
(define (differs? a b) (> (distance (pixels a) (pixels b)) 2))
(define (same? a b) (equal? (pixels a) (pixels b)))
; Of the PIXELS, which are opaque and have four numbers each, the first three.
(define (without-alpha pixels)
  (if (null? pixels)
    '()
    (append (list (car pixels) (cadr pixels) (caddr pixels)) (without-alpha (cddddr pixels)))))
(define (size layer)
  (list (car (gimp-drawable-width layer)) (car (gimp-drawable-height layer))))
(define (position layer)
  (car (gimp-image-get-item-position (image-of layer) layer)))

; THUNK fails with a sentence that contains PART, and IMAGE is as it was.
(define (refused? image part thunk)
  (let ((before (layers image)))
    (gimp-image-clean-all image)
    (and (eq? 'failed (catch 'failed (thunk)))
         (or (contains? last-error part) (begin (gimp-message last-error) #f))
         (equal? before (layers image))
         (not (true? (car (gimp-image-is-dirty image)))))))

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

; ------------------------------------------------------------------------ refusals

(define (content-refused? image drawable part)
  (refused? image part
    (lambda ()
      (call RUN-NONINTERACTIVE image drawable (load-layer "wave.png") 0 50 100 0 50 64 4 "" 0 -1
        0 1))))

(check "an indexed content is refused"
  (lambda ()
    (let* ((content (load-layer "content.png")) (image (image-of content)))
      (gimp-image-convert-indexed image CONVERT-DITHER-NONE CONVERT-PALETTE-GENERATE 12 FALSE
        FALSE "")
      (content-refused? image content "indexed"))))

(check "a channel, a layer mask and a floating selection are refused"
  (lambda ()
    (let* ((content (load-layer "content.png")) (image (image-of content))
           (channel (car (gimp-channel-new-from-component image CHANNEL-RED "red")))
           (mask (car (gimp-layer-create-mask content ADD-MASK-WHITE))))
      (gimp-image-insert-channel image channel 0 0)
      (gimp-layer-add-mask content mask)
      (and (content-refused? image channel "A channel cannot be styled")
           (content-refused? image mask "A layer mask cannot be styled")
           (begin
             (gimp-layer-remove-mask content MASK-DISCARD)
             (gimp-image-select-rectangle image CHANNEL-OP-REPLACE 0 0 20 20)
             (gimp-selection-float content 0 0)
             (content-refused? image content "floating selection"))))))

(check "a layer that is deleted, not yet inserted, or another image's is refused"
  (lambda ()
    (let* ((content (load-layer "content.png")) (image (image-of content))
           (new (car (gimp-layer-new image 8 8 RGB-IMAGE "new" 100 LAYER-MODE-NORMAL)))
           (removed (copy-of content image 0)))
      (gimp-image-remove-layer image removed)
      (and (content-refused? image new "not in the image")
           (content-refused? image (load-layer "content.png") "not in the image")
           (content-refused? image removed "invalid ID")
           (content-refused? image 999999 "invalid ID")
           (begin (gimp-item-delete new) #t)))))

(check "a transparent layer, an empty group, a selection outside are refused"
  (lambda ()
    (let* ((content (load-layer "content.png")) (image (image-of content))
           (clear (copy-of content image 0)) (group (car (gimp-layer-group-new image))))
      (gimp-image-insert-layer image group 0 0)
      (gimp-layer-add-alpha clear)
      (gimp-edit-clear clear)
      (gimp-layer-set-offsets clear 30 0)
      (and (content-refused? image clear "is transparent")
           (content-refused? image group "group is empty")
           (begin
             (gimp-image-select-rectangle image CHANNEL-OP-REPLACE 0 0 20 20)
             (content-refused? image clear "outside the layer"))))))

(check "bad arguments are refused, by their names"
  (lambda ()
    (let* ((content (load-layer "content.png")) (image (image-of content))
           (wave (load-layer "wave.png"))
           (bad? (lambda (part . x)
                   (refused? image part
                     (lambda () (apply call RUN-NONINTERACTIVE image content x))))))
      (and (bad? "no style" -1 0 50 100 0 50 64 4 "" 0 -1 0 1)
           (bad? "invalid ID" 999999 0 50 100 0 50 64 4 "" 0 -1 0 1)
           (bad? "“preset” is 9" wave 9 50 100 0 50 64 4 "" 0 -1 0 1)
           (bad? "“strength” is 101" wave 0 101 100 0 50 64 4 "" 0 -1 0 1)
           (bad? "“style-scale” is 10" wave 0 50 10 0 50 64 4 "" 0 -1 0 1)
           (bad? "“colour” is 3" wave 0 50 100 3 50 64 4 "" 0 -1 0 1)
           (bad? "“smoothness” is -1" wave 0 50 100 0 -1 64 4 "" 0 -1 0 1)
           (bad? "size" wave 0 50 100 0 50 7 4 "" 0 -1 0 1)
           (bad? "“iterations” is -4" wave 0 50 100 0 50 64 -4 "" 0 -1 0 1)
           (bad? "no-such-network" wave 0 50 100 0 50 64 4 "no-such-network" 0 -1 0 1)
           (bad? "bad.safetensors" wave 0 50 100 0 50 64 4 (file "bad.safetensors") 0 -1 0 1)
           (bad? "“recipe” is 3" wave 0 50 100 0 50 64 4 "" 3 -1 0 1)
           (bad? "“optimizer” is 3" wave 0 50 100 0 50 64 4 "" 0 3 0 1)
           (bad? "“start” is 3" wave 0 50 100 0 50 64 4 "" 0 -1 3 1)
           (bad? "“seed” is -1" wave 0 50 100 0 50 64 4 "" 0 -1 0 -1)))))

; gimprc says so
(check "the size of GIMP's tile cache limits the memory"
  (lambda ()
    (let ((content (load-layer "content.png")) (style (load-layer "wave.png")))
      (refused? (image-of content) "1200 MiB"
        (lambda ()
          (call RUN-NONINTERACTIVE (image-of content) content style 0 50 100 0 50 32768 1 "" 0 -1
            0 1))))))

; All runs above were a script's: they leave the user's last values alone.
(check "the last values are the user's, not a script's"
  (lambda ()
    (let ((content (load-layer "content.png")) (style (load-layer "wave.png")))
      (refused? (image-of content) "There is no style yet"
        (lambda ()
          (call RUN-WITH-LAST-VALS (image-of content) content style 0 50 100 0 50 64 4 "" 0 -1 0
            1))))))
