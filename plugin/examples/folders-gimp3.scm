; SPDX-License-Identifier: GPL-3.0-or-later
;
; What folders.scm does otherwise in GIMP 3:
;
;     cd plugin/examples
;     gimp-console -i -d -f --batch-interpreter plug-in-script-fu-eval -b "(script-fu-use-v3)
;       (define photos \"PHOTOS\") (define paintings \"PAINTINGS\") (define results \"RESULTS\")
;       $(cat folders-gimp3.scm folders.scm)" --quit
;
; The exit status is 0, or 70 when a picture could not be painted.

(define (load-picture name) (gimp-file-load RUN-NONINTERACTIVE name))

(define (paint image style result)
  (plug-in-neural-style-transfer #:run-mode RUN-NONINTERACTIVE #:image image
    #:drawables (gimp-image-get-selected-layers image)
    #:style (vector-ref (gimp-image-get-layers style) 0)) ; and the defaults
  (gimp-file-save RUN-NONINTERACTIVE image result))
