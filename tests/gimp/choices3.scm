; SPDX-License-Identifier: GPL-3.0-or-later
;
; What the procedure takes, inside GIMP 3.

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

(check "the colours of the content are kept when asked"
  (lambda ()
    (let* ((content (load-layer "content.png")) (style (load-layer "poppies.png"))
           (run (lambda (colour)
                  (plug-in-neural-style-transfer #:run-mode RUN-NONINTERACTIVE
                    #:image (image-of content) #:drawables (vector content) #:style style
                    #:preset "draft" #:size 64 #:iterations 8 #:colour colour)))
           (own (run "content")) (foreign (run "style")))
      (differs? own foreign))))
