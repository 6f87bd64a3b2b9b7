; SPDX-License-Identifier: GPL-3.0-or-later
;
; Paints every picture of one folder in the style of every picture of another, GIMP 2.10:
;
;     gimp -i -d -f -b "(define photos \"PHOTOS\") (define paintings \"PAINTINGS\")
;       (define results \"RESULTS\") $(cat plugin/examples/folders-gimp2.scm)" -b '(gimp-quit 1)'
;
; The folder RESULTS must be there.  It tells on stderr how far it is.  It can be stopped
; at any moment and started again: what is done is left out, and a picture that was being
; written, whose mark .part is beside it, is painted anew.

(gimp-message-set-handler CONSOLE)

(define (picture? name)
  (let ((n (string-length name)))
    (and (> n 4)
         (member (substring name (- n 4) n) '(".jpg" ".JPG" ".png" ".PNG" ".tif" ".TIF" "jpeg" "tiff")))))

(define (sorted names)
  (if (null? names) '()
    (let loop ((first (car names)) (rest (cdr names)) (others '()))
      (cond ((null? rest) (cons first (sorted others)))
            ((string<? (car rest) first) (loop (car rest) (cdr rest) (cons first others)))
            (else (loop first (cdr rest) (cons (car rest) others)))))))

(define (pictures-in folder)
  (let ((stream (dir-open-stream folder)))
    (if (not stream) (error "There is no folder called" folder))
    (let loop ((names '()))
      (let ((name (dir-read-entry stream)))
        (cond ((eof-object? name) (dir-close-stream stream) (sorted names))
              ((picture? name) (loop (cons name names)))
              (else (loop names)))))))

(define (in folder name) (string-append folder "/" name))

(define (paint photo painting result)
  (let* ((image (car (gimp-file-load RUN-NONINTERACTIVE photo photo)))
         (style (car (gimp-file-load RUN-NONINTERACTIVE painting painting)))
         (layer (car (plug-in-neural-style-transfer RUN-NONINTERACTIVE image
                       (car (gimp-image-get-active-drawable image))
                       (car (gimp-image-get-active-drawable style))
                       1 50 100 0 50 -1 0 "" 0 -1 0 0)))) ; the defaults
    (gimp-file-save RUN-NONINTERACTIVE image layer result result)
    (gimp-image-delete image)
    (gimp-image-delete style)))

(let* ((all-photos (pictures-in photos)) (all-paintings (pictures-in paintings)) (i 0)
       (n (number->string (* (length all-photos) (length all-paintings)))))
  (for-each
    (lambda (photo)
      (for-each
        (lambda (painting)
          (let* ((result (in results (string-append photo "-" painting ".png")))
                 (mark (string-append result ".part")))
            (set! i (+ i 1))
            (if (and (file-exists? result) (not (file-exists? mark)))
                (gimp-message (string-append (number->string i) " of " n ": " result " is there already"))
                (begin
                  (gimp-message (string-append (number->string i) " of " n ": " result))
                  (close-output-port (open-output-file mark))
                  (if (catch #f (paint (in photos photo) (in paintings painting) result) #t)
                      (file-delete mark)
                      (gimp-message (string-append result " failed")))))))
        all-paintings))
    all-photos)
  (gimp-message "all done"))
