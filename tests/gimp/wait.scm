; SPDX-License-Identifier: GPL-3.0-or-later
;
; For the scripts that run in a GIMP with windows, before them.

; Waits until `done?', SECONDS at most: #f then.
(define (wait-for seconds done?)
  (let ((end (+ seconds (car (gettimeofday)))))
    (let loop () (cond ((done?) #t) ((> (car (gettimeofday)) end) #f) (else (usleep 50000) (loop))))))
