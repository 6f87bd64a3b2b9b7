/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For the dialogs' tests: waits until the window whose number it is given has dealt with all keys
 * and clicks that were sent to it, and with what they made it draw.
 *
 * It asks as a window manager asks whether a program still lives (_NET_WM_PING): GTK answers in
 * the order in which events came, and draws once none is left.  So the first answer means that what
 * was sent before has been dealt with, and the later ones that there was time to draw since.
 */
#include <X11/Xlib.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define N_QUESTIONS 4
#define PAUSE       50000 /* microseconds: three frames */
#define PATIENCE    60000 /* milliseconds */

/* Errors come when a window has gone. */
static int
leave (Display *display, XErrorEvent *error)
{
  exit (1);
}

static void
ask (Display *display, Window window, long n)
{
  XEvent event = {.xclient = {.type = ClientMessage, .window = window, .format = 32}};

  event.xclient.message_type = XInternAtom (display, "WM_PROTOCOLS", False);
  event.xclient.data.l[0] = (long) XInternAtom (display, "_NET_WM_PING", False);
  event.xclient.data.l[1] = n;
  event.xclient.data.l[2] = (long) window;
  XSendEvent (display, window, False, NoEventMask, &event);
  XSync (display, False);
}

static void
wait_for_answer (Display *display, Window window, long n)
{
  struct pollfd connection = {.fd = ConnectionNumber (display), .events = POLLIN};
  XEvent event = {0};

  while (event.type != ClientMessage || event.xclient.data.l[1] != n
         || event.xclient.data.l[2] != (long) window)
    {
      while (XPending (display) == 0)
        if (poll (&connection, 1, PATIENCE) <= 0)
          exit (1);
      XNextEvent (display, &event);
    }
}

int
main (int argc, char **argv)
{
  Display *display = XOpenDisplay (NULL);
  Window window = argc == 2 ? strtoul (argv[1], NULL, 0) : None;

  if (!display || window == None)
    {
      fprintf (stderr, "usage: settled WINDOW, on an X display\n");
      return 2;
    }
  XSetErrorHandler (leave);
  XSelectInput (display, DefaultRootWindow (display), SubstructureNotifyMask);
  for (long n = 0; n < N_QUESTIONS; n++)
    {
      if (n > 0)
        usleep (PAUSE);
      ask (display, window, n);
      wait_for_answer (display, window, n);
    }
  XCloseDisplay (display);
  return 0;
}
