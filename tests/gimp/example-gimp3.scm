; SPDX-License-Identifier: GPL-3.0-or-later
;
; Paints photo.jpg in the style of painting.jpg, in GIMP 3 without a window:
;
;     gimp-console --no-interface --batch-interpreter plug-in-script-fu-eval \
;       --batch "$(cat example-gimp3.scm)" --quit

(script-fu-use-v3)
(let* ((image (gimp-file-load RUN-NONINTERACTIVE "photo.jpg"))
       (painting (gimp-file-load RUN-NONINTERACTIVE "painting.jpg")))
  (plug-in-neural-style-transfer
    #:run-mode RUN-NONINTERACTIVE
    #:image image
    #:drawables (gimp-image-get-selected-layers image)
    #:style (vector-ref (gimp-image-get-layers painting) 0)
    #:preset "draft"
    #:strength 60)
  (gimp-file-save RUN-NONINTERACTIVE image "painted.png")
  (gimp-image-delete image)
  (gimp-image-delete painting))
