; SPDX-License-Identifier: GPL-3.0-or-later
;
; What is refused, inside GIMP 2.10; in one sentence, and nothing has changed.

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
