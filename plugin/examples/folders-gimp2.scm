; SPDX-License-Identifier: GPL-3.0-or-later
;
; What folders.scm does otherwise in GIMP 2.10:
;
;     cd plugin/examples
;     gimp -i -d -f -b "(define photos \"PHOTOS\") (define paintings \"PAINTINGS\")
;       (define results \"RESULTS\") $(cat folders-gimp2.scm folders.scm)" -b '(gimp-quit 1)'
;
; GIMP 2.10 always ends with status 0: its last line says whether all are painted.

(define (load-picture name) (car (gimp-file-load RUN-NONINTERACTIVE name name)))

(define (paint image style result)
  (let ((layer (car (plug-in-neural-style-transfer RUN-NONINTERACTIVE image
                      (car (gimp-image-get-active-drawable image))
                      (car (gimp-image-get-active-drawable style))
                      1 50 100 0 50 -1 0 "" 0 -1 0 0)))) ; the defaults
    (gimp-file-save RUN-NONINTERACTIVE image layer result result)))
