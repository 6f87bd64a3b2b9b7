; SPDX-License-Identifier: GPL-3.0-or-later
;
; The procedure and what it takes, inside GIMP 2.10.

(check "the procedure is registered with its layer as the result"
  (lambda ()
    (let ((info (gimp-procedural-db-proc-info "plug-in-neural-style-transfer")))
      (and (contains? (car info) "style of another picture")
           (= 16 (list-ref info 6)) (= 1 (list-ref info 7))))))

(check "every choice is taken"
  (lambda ()
    (let* ((content (load-layer "content.png")) (style (load-layer "wave.png"))
           (run (lambda (preset colour recipe optimizer start)
                  (call RUN-NONINTERACTIVE (image-of content) content style preset 70 80 colour
                    20 32 1 "" recipe optimizer start 5))))
      (run 0 0 0 0 0) (run 1 1 0 1 1) (run 2 0 1 -1 0) (run 0 0 2 2 0) (run 0 2 0 -1 2)
      (= 6 (length (layers (image-of content)))))))

; GIMP 3 does not say of which file an image is that a script loaded.
(check "a picture of one layer is called by its file"
  (lambda ()
    (let ((layer (stylise (load-layer "content.png") (car (layers (load-file "wave.png"))))))
      (string=? called (one (gimp-item-get-name layer))))))
