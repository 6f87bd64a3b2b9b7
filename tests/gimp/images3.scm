; SPDX-License-Identifier: GPL-3.0-or-later
;
; Kinds of images, inside GIMP 3.

(for-each
  (lambda (precision)
    (check (string-append "precision " (car precision))
      (lambda ()
        (let* ((content (load-layer "content.png")) (image (image-of content)))
          (gimp-image-convert-precision image (cadr precision))
          (let ((layer (stylise content (load-layer "wave.png"))))
            (and (= (cadr precision) (gimp-image-get-precision image))
                 (= (gimp-drawable-get-bpp content) (gimp-drawable-get-bpp layer))
                 (differs? layer content)
                 (< (distance (pixels layer) (pixels content)) 100)))))))
  (list (list "8 bit linear" PRECISION-U8-LINEAR)
        (list "8 bit perceptual" PRECISION-U8-PERCEPTUAL)
        (list "16 bit linear" PRECISION-U16-LINEAR)
        (list "16 bit" PRECISION-U16-NON-LINEAR)
        (list "32 bit" PRECISION-U32-NON-LINEAR)
        (list "half linear" PRECISION-HALF-LINEAR)
        (list "half" PRECISION-HALF-NON-LINEAR)
        (list "float linear" PRECISION-FLOAT-LINEAR)
        (list "float" PRECISION-FLOAT-NON-LINEAR)
        (list "double linear" PRECISION-DOUBLE-LINEAR)))

(check "a grey image"
  (lambda ()
    (let* ((content (load-layer "content.png")) (image (image-of content)))
      (gimp-image-convert-grayscale image)
      (let ((layer (stylise content (load-layer "wave.png"))))
        (and (true? (gimp-drawable-is-gray layer)) (differs? layer content))))))

(check "NaN and infinite pixels"
  (lambda ()
    (let* ((content (load-layer "nan.pfm")) (image (image-of content))
           (layer (stylise content (load-layer "wave.png"))))
      (gimp-image-remove-layer image content)
      (gimp-file-save RUN-NONINTERACTIVE image (file "nan-out.pfm"))
      #t)))
