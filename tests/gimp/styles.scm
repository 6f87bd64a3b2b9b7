; SPDX-License-Identifier: GPL-3.0-or-later
;
; What gimp2-styles.sh and gimp3-styles.sh run inside GIMP while they press the keys, after
; styles2.scm or styles3.scm, which have what differs in the two.

; Whether TEXT begins with WHAT at or after I.
(define (has? text what i)
  (let ((end (+ i (string-length what))))
    (cond ((> end (string-length text)) #f)
          ((string=? what (substring text i end)) #t)
          (else (has? text what (+ i 1))))))
(define (tells? layer line)
  (and (> layer 0)
       (or (has? (note layer) line 0) (begin (gimp-message (note layer)) #f))))

(define (dialog step)
  (gimp-message (string-append "at " step))
  (let ((layer (run RUN-INTERACTIVE)))
    (gimp-message (string-append "done " step))
    layer))

(define mixture "Style of wave + hokusai-great-wave")
(define (mixture? layer)
  (and (has? (name layer) mixture 0) (tells? layer "style-weights=0.2;1;")))

(report (mixture? (dialog "mix")) "the layer is named after the mixture, and tells its weights")
(report (mixture? (dialog "as-in")) "what a result tells is done again")
(define repeated (run RUN-WITH-LAST-VALS))
(report (mixture? repeated) "Repeat takes the mixture of the last time")
(report (has? (name (dialog "drop")) "Style of renoir" 0) "the style is the dropped file's")
(report (has? (name (dialog "browse")) "Style of poppies" 0) "the style is the file's")
(define named (dialog "named"))
(report (has? (name named) "Style of poppies" 0) "the style is that of the name")
(report (not (has? (name named) "+" 0)) "and no other")
(report (tells? (dialog "settings") "strength=80") "the imported settings count")
(define last (dialog "last"))
(report (tells? last "strength=80") "so do the last ones")
(report (tells? (dialog "network") "network=installed") "the network goes by its name")
(report (tells? (dialog "network-file") (string-append "network=" folder "other.safetensors"))
  "or by its file")
(report (tells? (dialog "network-import") "network=imported") "so does one that was imported")
(define last (dialog "network-bad"))
(report (tells? last "network=imported") "a failed import changes nothing")
(define before (n-layers))
(gimp-message "at undo")
(report (wait-for (lambda () (= (- before 1) (n-layers)))) "one Undo takes the layer back")
(gimp-message "at redo")
(report (wait-for (lambda () (= before (n-layers)))) "one Redo brings it again")
(gimp-message "all checks done")
