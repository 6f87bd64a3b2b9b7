; SPDX-License-Identifier: GPL-3.0-or-later
;
; Paints every picture of one folder in the style of every picture of another, in GIMP 2.10
; after folders-gimp2.scm, in GIMP 3 after folders-gimp3.scm, which tell how they are called.
;
; The folder RESULTS must be there.  It tells on stderr how far it is, and of a picture that
; cannot be painted why, and goes on with the next.  It can be stopped at any moment and
; started again: what is done is left out, and a picture that was being written, whose mark
; .part is beside it, is painted anew.

(gimp-message-set-handler CONSOLE)

; What the last error said.  GIMP's `catch' does not tell.
(define reason "")
(set! *error-hook*
  (lambda what
    (set! reason (apply string-append (map in-words what)))
    (apply throw what)))

(define (in-words it)
  (cond ((string? it) it)
        ((symbol? it) (symbol->string it))
        ((number? it) (number->string it))
        (else "")))

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

(define (tell . words) (gimp-message (apply string-append (map in-words words))))

; The pictures that are open, which are closed whether they could be painted or not.
(define pictures '())
(define (open-picture name)
  (let ((image (load-picture name)))
    (set! pictures (cons image pictures))
    image))

(define (painted? photo painting result)
  (let ((done (catch #f (paint (open-picture photo) (open-picture painting) result) #t)))
    (for-each gimp-image-delete pictures)
    (set! pictures '())
    done))

; #t, or #f and the reason is told; what was not begun leaves no mark.
(define (paint-one photo painting result)
  (let ((mark (string-append result ".part")))
    (close-output-port (open-output-file mark))
    (cond ((painted? photo painting result) (file-delete mark) #t)
          (else (if (not (file-exists? result)) (file-delete mark))
                (tell result " failed: " reason)
                #f))))

(define (is-done? result)
  (and (file-exists? result) (not (file-exists? (string-append result ".part")))))

(let* ((all-photos (pictures-in photos)) (all-paintings (pictures-in paintings)) (i 0) (failed 0)
       (n (* (length all-photos) (length all-paintings))))
  (for-each
    (lambda (photo)
      (for-each
        (lambda (painting)
          (let ((result (in results (string-append photo "-" painting ".png"))))
            (set! i (+ i 1))
            (tell i " of " n ": " result (if (is-done? result) " is there already" ""))
            (if (not (or (is-done? result)
                         (paint-one (in photos photo) (in paintings painting) result)))
                (set! failed (+ failed 1)))))
        all-paintings))
    all-photos)
  (if (> failed 0) (error "Pictures that failed:" failed))
  (tell "all done"))
