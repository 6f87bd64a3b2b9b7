; SPDX-License-Identifier: GPL-3.0-or-later
;
; Kinds of images, inside GIMP 2.10.

(for-each
  (lambda (precision)
    (check (string-append "precision " (car precision))
      (lambda ()
        (let* ((content (load-layer "content.png")) (image (image-of content)))
          (to-precision image (cadr precision))
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

(check "NaN and infinite pixels"
  (lambda ()
    (let* ((content (load-layer "nan.tif")) (image (image-of content))
           (layer (stylise content (load-layer "wave.png"))))
      (gimp-image-remove-layer image content)
      (to-precision image PRECISION-FLOAT-GAMMA)
      (file-tiff-save RUN-NONINTERACTIVE image layer (file "nan-out.tif") "nan-out.tif" 0)
      #t)))
