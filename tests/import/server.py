#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""An HTTP server for the tests of --fetch: server.py FOLDER PORT-FILE LOG

It serves the files of FOLDER on 127.0.0.1 and writes its port to PORT-FILE and
each request's path and Range to LOG.  What comes before a file's name says how:

    /plain/NAME   with ranges
    /whole/NAME   without ranges: always the whole file
    /cut/NAME     breaks off in the middle, but goes on from a range
    /to/NAME      redirects to /plain/NAME
"""
import http.server
import os
import sys

folder, port_file, log = sys.argv[1:]


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        how, name = self.path.strip('/').split('/', 1)
        wanted = self.headers.get('Range', '')
        with open(log, 'a') as f:
            f.write('%s %s\n' % (self.path, wanted))
        path = os.path.join(folder, os.path.basename(name))
        if how == 'to':
            self.send_response(302)
            self.send_header('Location', '/plain/' + name)
            self.end_headers()
            return
        if not os.path.exists(path):
            self.send_error(404)
            return
        with open(path, 'rb') as f:
            data = f.read()
        begin = 0
        if wanted and how != 'whole':
            begin = int(wanted.split('=')[1].split('-')[0])
        if begin >= len(data):
            self.send_error(416)
            return
        self.send_response(206 if begin else 200)
        if begin:
            self.send_header('Content-Range', 'bytes %d-%d/%d' % (begin, len(data) - 1, len(data)))
        self.send_header('Content-Length', str(len(data) - begin))
        self.end_headers()
        end = len(data) // 2 if how == 'cut' and not begin else len(data)
        self.wfile.write(data[begin:end])

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
with open(port_file + '.new', 'w') as f:
    f.write(str(server.server_port))
os.rename(port_file + '.new', port_file)
server.serve_forever()
