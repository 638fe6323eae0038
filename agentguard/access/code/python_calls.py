"""Functions of Python, by their full names (docs.python.org, library reference): what they do with their arguments.

The notation is that of sinks. A name that ends in `()` is what a call gave: `socket.socket().connect`.
"""

from __future__ import annotations

from agentguard.access.code import sinks

CALLS = sinks.parse("""
open io.open codecs.open gzip.open bz2.open lzma.open io.FileIO aiofiles.open | file:open mode:mode
os.open | path:open flags:mode
io.open_code | path:read
os.remove os.unlink os.rmdir os.removedirs | path:delete
shutil.rmtree send2trash.send2trash send2trash | path:delete-tree
os.rename os.replace os.renames | src:move dst:fill
shutil.move | src:move-tree dst:fill
shutil.copy shutil.copy2 shutil.copyfile | src:read dst:fill
shutil.copytree distutils.dir_util.copy_tree | src:read-tree dst:write
shutil.copymode shutil.copystat | src: dst:write
os.link | src:edit dst:write
os.symlink | src:link dst:write
os.mkdir os.makedirs os.mkfifo os.mknod | path:write
os.chmod os.chown os.lchown os.truncate os.utime os.setxattr os.removexattr shutil.chown | path:write
os.listdir os.scandir os.walk os.fwalk | path:look
os.chdir os.fchdir contextlib.chdir | path:enter
os.readlink | path:look
linecache.getlines linecache.getline tokenize.open | filename:read
shutil.make_archive | base_name:write format: root_dir:read-tree
shutil.unpack_archive | filename:read extract_dir:write
zipfile.ZipFile tarfile.open tarfile.TarFile tarfile.TarFile.open | name:open mode:mode
zipfile.ZipFile().write tarfile.open().add tarfile.TarFile().add | name:read-tree
zipfile.ZipFile().extractall zipfile.ZipFile().extract tarfile.open().extractall tarfile.TarFile().extractall | path:write
sqlite3.connect dbm.open shelve.open duckdb.connect | file:edit
filecmp.cmp | a:read b:read
mmap.mmap | fd:
tempfile.NamedTemporaryFile tempfile.mkdtemp tempfile.TemporaryDirectory | mode:
numpy.load numpy.loadtxt numpy.genfromtxt numpy.fromfile np.load | file:read
numpy.save numpy.savetxt numpy.savez | file:write
pandas.read_csv pandas.read_json pandas.read_excel pandas.read_table pandas.read_parquet pandas.read_pickle | p:read
pandas.read_fwf pandas.read_feather pandas.read_hdf pandas.read_xml polars.read_csv polars.read_parquet | p:read
dotenv.get_key | dotenv_path:read
dotenv.set_key dotenv.unset_key | dotenv_path:edit
configparser.ConfigParser().read configparser.RawConfigParser().read | filenames:read
runpy.run_path | path:run
importlib.util.spec_from_file_location imp.load_source importlib.machinery.SourceFileLoader | name: path:run
httpx.Client httpx.AsyncClient | base_url:base
netrc.netrc | file:netrc
execfile | path:run
os.system os.popen subprocess.getoutput subprocess.getstatusoutput asyncio.create_subprocess_shell | cmd:shell
commands.getoutput commands.getstatusoutput popen2.popen2 popen2.popen3 invoke.run | cmd:shell
invoke.Context().run fabric.Connection().local plumbum.local.shell | cmd:shell
subprocess.run subprocess.call subprocess.check_call subprocess.check_output subprocess.Popen | args:argv
pty.spawn pexpect.spawn pexpect.run | args:argv
sh.bash sh.sh | a:
os.startfile | path:run
asyncio.create_subprocess_exec | program:command
os.kill os.killpg signal.pthread_kill | pid: sig:signal
os.putenv os.unsetenv os.environ.setdefault | key:variable
urllib.request.urlopen urllib.urlopen urllib2.urlopen | url:url data:body
urllib.request.Request urllib2.Request | url:url data:body headers: origin: unverifiable: method:method
keyring.get_password keyring.get_credential | !prints-environment
urllib.request.urlretrieve urllib.urlretrieve wget.download | url:url filename:write
requests.get requests.head requests.options httpx.get httpx.head httpx.options | url:url
requests.delete httpx.delete aiohttp.delete requests.Session().delete httpx.Client().delete | url:erase
requests.post requests.put requests.patch httpx.post httpx.put httpx.patch | url:upload
aiohttp.get aiohttp.head aiohttp.ws_connect | url:url
aiohttp.post aiohttp.put aiohttp.patch | url:upload
requests.request httpx.request httpx.stream aiohttp.request | method:method url:url
urllib3.PoolManager().request urllib3.request | method:method url:url
urllib3.PoolManager().urlopen | method:method url:url
webbrowser.open webbrowser.open_new webbrowser.open_new_tab | url:url
websocket.create_connection websocket.WebSocketApp websockets.connect websockets.sync.client.connect | url:upload
xmlrpc.client.ServerProxy xmlrpclib.ServerProxy | uri:upload
http.client.HTTPConnection http.client.HTTPSConnection httplib.HTTPConnection httplib.HTTPSConnection | host:host port:
ftplib.FTP ftplib.FTP_TLS smtplib.SMTP smtplib.SMTP_SSL telnetlib.Telnet poplib.POP3 poplib.POP3_SSL | host:host port:
imaplib.IMAP4 imaplib.IMAP4_SSL asyncio.open_connection socket.gethostbyname socket.getaddrinfo | host:host port:
socket.gethostbyname_ex dns.resolver.resolve dns.resolver.query | host:host port:
paramiko.Transport socket.create_connection | sock:place
paramiko.SSHClient().exec_command fabric.Connection().run fabric.Connection().sudo fabric.SerialGroup().run | command:shell
paramiko.SSHClient().connect | hostname:host port:
paramiko.RSAKey.from_private_key_file paramiko.Ed25519Key.from_private_key_file | filename:read
ftplib.FTP().connect smtplib.SMTP().connect | host:host port:
socket.socket().connect socket.socket().connect_ex | address:place
socket.socket().bind | address:listen
socket.create_server | address:listen
http.server.HTTPServer http.server.ThreadingHTTPServer socketserver.TCPServer socketserver.ThreadingTCPServer | address:listen
socketserver.UDPServer xmlrpc.server.SimpleXMLRPCServer wsgiref.simple_server.WSGIServer | address:listen
wsgiref.simple_server.make_server | host:listen-host port:
asyncio.start_server | callback: host:listen-host port:
websockets.serve websockets.sync.server.serve | handler: host:listen-host port:
flask.Flask().run bottle.run sanic.Sanic().run | host:listen-host port:
uvicorn.run aiohttp.web.run_app hypercorn.run waitress.serve | app: host:listen-host port:
print pprint.pprint pprint.pp rich.print sys.stdout.write sys.stderr.write logging.info logging.debug | value:data
psycopg2.connect().cursor().execute psycopg.connect().execute psycopg.connect().cursor().execute | statement:sql
sqlite3.connect().execute sqlite3.connect().cursor().execute sqlite3.connect().executescript | statement:sql
pymysql.connect().cursor().execute mysql.connector.connect().cursor().execute | statement:sql
sqlalchemy.text | statement:sql
""")

# The beginning of a name, and what takes its place: what behaves alike is in the table once.
SAME = (
    ("builtins.", ""), ("__builtins__.", ""), ("__builtin__.", ""), ("posixpath.", "os.path."), ("ntpath.", "os.path."),
    ("posix.", "os."), ("nt.", "os."), ("genericpath.", "os.path."), ("_io.", "io."), ("io.open", "open"),
    ("requests.Session().", "requests."), ("requests.session().", "requests."), ("requests.sessions.Session().", "requests."),
    ("requests.api.", "requests."), ("httpx.Client().", "httpx."), ("httpx.AsyncClient().", "httpx."),
    ("aiohttp.ClientSession().", "aiohttp."), ("pathlib.PosixPath", "pathlib.Path"), ("pathlib.PurePath", "pathlib.Path"),
    ("pathlib.PurePosixPath", "pathlib.Path"), ("pathlib.WindowsPath", "pathlib.Path"),
    ("six.moves.urllib.", "urllib."), ("urllib3.HTTPConnectionPool()", "urllib3.PoolManager()"),
    ("subprocess32.", "subprocess."), ("cPickle.", "pickle."), ("_pickle.", "pickle."), ("dill.", "pickle."),
    ("cloudpickle.", "pickle."), ("joblib.", "pickle."),
    ("importlib.import_module", "__import__"), ("importlib.__import__", "__import__"), ("_socket.", "socket."),
    ("concurrent.futures.ThreadPoolExecutor()", "concurrent.futures.Executor"),
    ("concurrent.futures.ProcessPoolExecutor()", "concurrent.futures.Executor"),
    ("multiprocessing.Pool()", "concurrent.futures.Executor"), ("multiprocessing.dummy.Pool()", "concurrent.futures.Executor"),
)  # fmt: skip

# Code that makes or loads other code, and what cannot be followed.
_MAKES_CODE = frozenset({
    "code.interact", "code.InteractiveInterpreter", "code.InteractiveConsole", "runpy.run_module",
    "marshal.loads", "marshal.load", "types.FunctionType", "types.CodeType", "pickle.Unpickler",
    "shelve.Unpickler", "zipimport.zipimporter", "importlib.util.spec_from_loader",
    "_posixsubprocess.fork_exec", "yaml.unsafe_load",
    "jsonpickle.decode", "code.InteractiveConsole().push", "code.InteractiveInterpreter().runsource",
})  # fmt: skip
# Those that get code as a text.
READABLE = frozenset({
    "eval", "exec", "timeit.timeit", "timeit.repeat", "timeit.Timer", "pdb.run", "pdb.runeval", "cProfile.run", "profile.run",
    "cProfile.runctx", "profile.runctx", "cProfile.Profile().run", "profile.Profile().run", "trace.Trace().run",
})  # fmt: skip
MAKES_CODE = _MAKES_CODE | READABLE
# What calls into compiled code; `system` and its kin among it are read.
FOREIGN = (
    "ctypes.CDLL(",
    "ctypes.cdll",
    "ctypes.PyDLL(",
    "ctypes.pythonapi",
    "ctypes.windll",
    "ctypes.WinDLL(",
    "cffi.FFI(",
)

# Functions that get another function, and where: what it is called with follows from the others.
# "each": once for every element of the next; "rest": with the arguments behind; "args": with the keyword `args`.
APPLIES = {
    "map": "each", "filter": "each", "functools.reduce": "each", "itertools.starmap": "star", "functools.partial": "rest",
    "threading.Thread": "args", "multiprocessing.Process": "args", "threading.Timer": "args", "atexit.register": "rest",
    "asyncio.to_thread": "rest", "concurrent.futures.Executor.submit": "rest", "concurrent.futures.Executor.map": "each",
    "concurrent.futures.Executor.apply": "args", "concurrent.futures.Executor.apply_async": "args", "sched.enter": "args",
    "weakref.finalize": "args", "asyncio.run": "none", "contextlib.suppress": "none",
}  # fmt: skip

# Names of attributes that reach into the interpreter itself.
INNER = frozenset(
    {"__subclasses__", "__globals__", "__code__", "f_globals", "f_builtins", "gi_frame", "__getattribute__"}
)

# Addresses and bodies whose results came over the network.
FETCHES = (
    "urllib.request.urlopen(", "requests.get(", "requests.post(", "requests.request(", "httpx.get(", "httpx.post(",
    "urllib.urlopen(", "urllib2.urlopen(", "urllib3.PoolManager().request(", "http.client.HTTPSConnection().getresponse(",
    "http.client.HTTPConnection().getresponse(", "socket.socket().recv(", "socket.create_connection().recv(",
    "aiohttp.get(", "socket.socket().makefile(", "urllib3.request(",
)  # fmt: skip

# Methods of an object that nothing is known of, where the name alone says enough.
METHODS = sinks.parse("""
executescript execute executemany | statement:sql
read_text read_bytes | :
connect connect_ex | address:place
bind | address:listen
""")

# Methods of a path (docs.python.org, pathlib).
OF_PATH = {
    "read_text": "read", "read_bytes": "read", "write_text": "write", "write_bytes": "write", "unlink": "delete",
    "rmdir": "delete", "mkdir": "write", "touch": "write", "chmod": "write", "lchmod": "write", "iterdir": "look",
    "symlink_to": "write", "hardlink_to": "write", "link_to": "write", "rename": "move", "replace": "move",
    "rmtree": "delete-tree", "copy": "read", "move": "move", "walk": "look",
}  # fmt: skip

# Functions that say whether a thing is there, and the like: they read nothing of it.
BUILTINS = frozenset(
    [
        "open",
        "eval",
        "exec",
        "compile",
        "__import__",
        "getattr",
        "setattr",
        "globals",
        "locals",
        "vars",
        "print",
        "input",
        "map",
        "filter",
        "list",
        "dict",
        "set",
        "tuple",
        "str",
        "bytes",
        "bytearray",
        "int",
        "chr",
        "ord",
        "sorted",
        "reversed",
        "enumerate",
        "zip",
        "range",
        "format",
        "repr",
        "breakpoint",
        "execfile",
        "iter",
        "next",
        "sum",
        "min",
        "max",
        "any",
        "all",
        "len",
        "isinstance",
        "type",
        "object",
        "super",
        "id",
        "dir",
        "hash",
        "round",
        "abs",
        "bool",
        "float",
        "frozenset",
        "slice",
        "memoryview",
        "hex",
        "bin",
        "oct",
        "ascii",
        "callable",
        "hasattr",
        "delattr",
        "__builtins__",
        "__file__",
        "__name__",
        "staticmethod",
        "classmethod",
        "property",
        "unicode",
        "raw_input",
        "exit",
        "quit",
        "help",
    ]
)
