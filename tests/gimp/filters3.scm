; SPDX-License-Identifier: GPL-3.0-or-later
;
; Filters beside the layers of GIMP 3, and the layers of 3.2 that have no pixels of their own.

; -------------------------------------------------------- filters beside the layers

(define (invert layer)
  (gimp-drawable-append-filter layer (gimp-drawable-filter-new layer "gegl:invert-gamma" "")))
(define (really-inverted name)
  (let ((layer (load-layer name)))
    (invert layer)
    (gimp-drawable-merge-filters layer)
    layer))
(define (rgb layer)
  (if (true? (gimp-drawable-has-alpha layer)) (without-alpha (pixels layer)) (pixels layer)))
(define (near? a b) (< (distance (rgb a) (rgb b)) 3))

(check "what the filters of content and style make of them is seen"
  (lambda ()
    (let ((content (load-layer "content.png")) (style (load-layer "wave.png")))
      (invert content)
      (invert style)
      (gimp-image-clean-all (image-of style))
      (and (near? (paint content style)
             (paint (really-inverted "content.png") (really-inverted "wave.png")))
           (= 1 (vector-length (gimp-drawable-get-filters content))
                (vector-length (gimp-drawable-get-filters style)))
           (not (true? (gimp-image-is-dirty (image-of style))))))))

(check "the filters of a group, with an offset, opacity and mask"
  (lambda ()
    (let* ((lowest (load-layer "content.png")) (image (image-of lowest))
           (group (new-group image)) (style (load-layer "wave.png")))
      (gimp-image-insert-layer image group 0 0)
      (copy-of lowest image group)
      (invert group)
      (gimp-layer-set-opacity group 30)
      (gimp-layer-set-offsets group 7 -5)
      (gimp-layer-add-mask group (gimp-layer-create-mask group ADD-MASK-WHITE))
      (let ((layer (paint group style)))
        (and (equal? '(7 -5) (gimp-drawable-get-offsets layer))
             (equal? '(64 48) (size layer))
             (near? layer (paint (really-inverted "content.png") style)))))))

(check "a filter that makes a layer grow, and one that is hidden"
  (lambda ()
    (let* ((content (load-layer "content.png")) (style (load-layer "wave.png"))
           (plain (stylise content style)) (image (image-of content)))
      (gimp-image-remove-layer image plain)
      (gimp-drawable-append-filter content
        (gimp-drawable-filter-new content "gegl:dropshadow" ""))
      (let ((layer (stylise content style)))
        (and (equal? '(64 48) (size layer)) (equal? '(0 0) (gimp-drawable-get-offsets layer)))))))

; ------------------------------------------------- layers of GIMP 3.2 that have no pixels of their own

; LAYER, which the image has already, is painted as a group is that holds nothing else, also
; with a filter, and IS-KIND? says that it stays of its kind.
(define (painted-as-seen? layer style is-kind?)
  (let* ((image (image-of layer))
         (like-group?
           (lambda ()
             (let ((group (new-group image)))
               (gimp-image-insert-layer image group 0 0)
               (copy-of layer image group)
               (near? (paint layer style) (paint group style))))))
    (and (like-group?)
         (begin (invert layer) (like-group?))
         (true? (is-kind? layer)))))

(define (insert layer image)
  (gimp-image-insert-layer image layer 0 0)
  layer)
(define (new-link image)
  (insert (gimp-link-layer-new image (file "content.png")) image))
(define (new-vector image)
  (let ((path (gimp-path-new image "ellipse")))
    (gimp-image-insert-path image path 0 0)
    (gimp-path-bezier-stroke-new-ellipse path 32 24 20 15 0)
    (let ((layer (insert (gimp-vector-layer-new image path) image)))
      (gimp-vector-layer-set-fill-color layer "orange")
      (gimp-vector-layer-refresh layer)
      layer)))

(define (check-kind name new is-kind?)
  (check (string-append name " as content and as style")
    (lambda ()
      (let* ((image (load-image "wave.png")) (layer (new image)) (content (load-layer "content.png")))
        (and (painted-as-seen? layer (load-layer "poppies.png") is-kind?)
             (differs? (stylise content layer) (stylise content (load-layer "poppies.png"))))))))
(if (defined? 'gimp-link-layer-new)
  (begin
    (check-kind "a link layer" new-link gimp-item-id-is-link-layer)
    (check-kind "a vector layer" new-vector gimp-item-id-is-vector-layer)))
