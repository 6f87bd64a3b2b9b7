; SPDX-License-Identifier: GPL-3.0-or-later
;
; Paints photo.jpg in the style of painting.jpg, in GIMP 2.10 without a window:
;
;     gimp --no-interface --batch "$(cat example-gimp2.scm)" --batch '(gimp-quit 1)'

(let* ((image (car (gimp-file-load RUN-NONINTERACTIVE "photo.jpg" "photo.jpg")))
       (painting (car (gimp-file-load RUN-NONINTERACTIVE "painting.jpg" "painting.jpg")))
       (layer (car (plug-in-neural-style-transfer
                     RUN-NONINTERACTIVE image
                     (car (gimp-image-get-active-drawable image))
                     (car (gimp-image-get-active-drawable painting))
                     0     ; preset: draft 0, normal 1, fine 2
                     60    ; strength, 0 to 100
                     100   ; style scale, 25 to 400 per cent
                     0     ; colours: the style's 0, the content's 1, the style's matched 2
                     50    ; smoothness, 0 to 100
                     -1    ; size: the preset's -1, the content's own 0, or pixels
                     0     ; iterations: the preset's 0
                     ""    ; network: the built-in one
                     0     ; recipe: default 0, gatys 1, keras 2
                     -1    ; optimizer: the recipe's -1, l-bfgs 0, adam 1, sgd 2
                     0     ; start from the content 0, from noise 1, from the last result 2
                     0)))) ; seed
  (gimp-file-save RUN-NONINTERACTIVE image layer "painted.png" "painted.png")
  (gimp-image-delete image)
  (gimp-image-delete painting))
