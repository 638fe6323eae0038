"""Functions of compiled languages, by name: C, C++, Go, Rust, Java, Kotlin, Scala, C#, Swift and Dart in one table.

Their names hardly ever mean different things, and what is missed is only that a call is not known. The notation is that
of other_calls, with three kinds more:

    dial     an address as `host:port`
    rust     a program, to which `.arg` and `.args` add words
    exec     a program, its own name for itself, then its arguments

Sources: pkg.go.dev (os, os/exec, net, net/http), doc.rust-lang.org/std (fs, process, net), docs.oracle.com (java.io,
java.nio.file, java.lang), kotlinlang.org (kotlin.io), learn.microsoft.com (System.IO, System.Diagnostics),
developer.apple.com (Foundation), api.dart.dev (dart:io), cppreference.com, exec(3).
"""

TABLE = """
os.ReadFile ioutil.ReadFile os.Open os.DirFS embed.ReadFile | path:read
os.WriteFile ioutil.WriteFile | path:fill data:text
os.Create os.Mkdir os.MkdirAll os.Chmod os.Truncate os.Chown | path:write
os.OpenFile | path:open mode:mode
os.Remove | path:delete
os.RemoveAll | path:delete-tree
os.Rename | from:move to:write
os.Symlink os.Link | from:link to:write
os.ReadDir ioutil.ReadDir os.Lstat filepath.WalkDir filepath.Walk | path:look
os.Chdir | path:enter
exec.Command | cmd:sys
exec.CommandContext | context: cmd:sys
syscall.Exec | path:exec-list argv:words
http.Get http.Head | url:url
http.Post http.PostForm | url:upload
http.NewRequest | method:method url:url
http.NewRequestWithContext | context: method:method url:url
net.Dial net.DialTimeout tls.Dial net.DialTCP | network: address:dial
net.Listen | network: address:go-listen
http.ListenAndServe http.ListenAndServeTLS | address:go-listen
fs.read_to_string fs.read fs.File.open File.open tokio.fs.read_to_string tokio.fs.read | path:read
include_str include_bytes | path:read
fs.write fs.create_dir fs.create_dir_all fs.File.create File.create tokio.fs.write fs.set_permissions | path:write
fs.remove_file fs.remove_dir tokio.fs.remove_file | path:delete
fs.remove_dir_all tokio.fs.remove_dir_all | path:delete-tree
fs.rename | from:move to:write
fs.copy | from:read to:write
fs.hard_link | from:edit to:write
unix.fs.symlink | from:link to:write
fs.read_dir | path:look
env.set_current_dir | path:enter
Command.new process.Command.new tokio.process.Command.new | cmd:rust
TcpStream.connect net.TcpStream.connect tokio.net.TcpStream.connect | address:dial
TcpListener.bind net.TcpListener.bind | address:go-listen
reqwest.get reqwest.blocking.get ureq.get minreq.get | url:url
ureq.post minreq.post | url:upload
fopen freopen _wfopen | path:open mode:mode
open creat | path:read
ifstream std.ifstream | path:read
ofstream std.ofstream | path:write
remove unlink rmdir filesystem.remove std.remove | path:delete
filesystem.remove_all std.filesystem.remove_all nftw | path:delete-tree
rename std.rename filesystem.rename | from:move to:write
link | from:edit to:write
symlink | from:link to:write
opendir scandir | path:look
chdir | path:enter
system std.system popen _popen | cmd:shell
execl execlp execle | path:exec
execv execvp execve posix_spawn | path:exec-list argv:words
Files.readString Files.readAllLines Files.readAllBytes Files.lines Files.newBufferedReader Files.newInputStream | path:read
Scanner java.util.Scanner util.Scanner | path:read
FileReader FileInputStream RandomAccessFile java.io.FileReader java.io.FileInputStream Source.fromFile | path:read
Files.write Files.writeString Files.createFile Files.createDirectories Files.newBufferedWriter | path:write
FileWriter FileOutputStream PrintWriter | path:write
Files.delete Files.deleteIfExists | path:delete
FileUtils.deleteDirectory FileUtils.forceDelete FileUtils.deleteQuietly MoreFiles.deleteRecursively | path:delete-tree
Files.move | from:move to:write
Files.copy | from:read to:write
Files.list Files.walk | path:look
Runtime.getRuntime.exec Runtime.runtime.exec Runtime.exec | cmd:words-or-text
ProcessBuilder java.lang.ProcessBuilder commandLine | cmd:sys
URL URI.create URI java.net.URL Source.fromURL | url:url
Socket java.net.Socket InetSocketAddress TcpClient | host:host port:
ServerSocket | port:js-listen
File.ReadAllText File.ReadAllLines File.ReadAllBytes File.ReadLines File.OpenRead File.OpenText StreamReader | path:read
File.ReadAllTextAsync System.IO.File.ReadAllText System.IO.File.ReadAllLines System.IO.File.ReadAllBytes | path:read
File.WriteAllText File.WriteAllLines File.AppendAllText File.WriteAllBytes StreamWriter File.Create | path:write
File.Delete System.IO.File.Delete | path:delete
Directory.Delete System.IO.Directory.Delete | path:delete-tree
Process.Start System.Diagnostics.Process.Start ProcessStartInfo Process.run Process.runSync | cmd:program-and-text
Diagnostics.ProcessStartInfo Process.start | cmd:program-and-text
.GetStringAsync .GetAsync .DownloadString .DownloadFile | url:url
.PostAsync | url:upload
FileManager.default.removeItem | atPath:delete-tree
FileManager.default.contents | atPath:read
FileManager.default.contentsOfDirectory | atPath:look
"""
ENVIRONMENT_CALLS = ("os.Environ", "env.vars", "std.env.vars", "System.getenv", "Environment.GetEnvironmentVariables")
HOMES = frozenset({
    "os.UserHomeDir", "dirs.home_dir", "home_dir", "home.home_dir", "env.home_dir", "NSHomeDirectory", "homedir.Dir",
    "dirs.home", "FileManager.default.homeDirectoryForCurrentUser", "xdg.Home",
})  # fmt: skip
# Give the value of one variable.
VARIABLES = frozenset({
    "os.Getenv", "os.LookupEnv", "env.var", "env.var_os", "std.env.var", "getenv", "std.getenv", "System.getenv",
    "System.getProperty", "Environment.GetEnvironmentVariable", "env.get", "secure_getenv",
})  # fmt: skip
JOINS = frozenset({
    "filepath.Join", "path.Join", "Path.Combine", "Path.new", "PathBuf.from", "path.Path.new", "path.PathBuf.from",
    "URL", "std.path.Path.new", "Path", "Paths.get", "Path.of", "Directory",
})  # fmt: skip
# Methods that give what they belong to, or what is in it.
SAME = frozenset({
    "unwrap", "expect", "unwrap_or_default", "unwrap_or", "unwrap_or_else", "to_string", "to_owned", "into", "as_str", "clone",
    "as_ref", "to_path_buf", "display", "to_str", "c_str", "toPath", "toFile", "to_string_lossy", "into_os_string",
    "into_string", "as_path", "ok", "path", "toString", "absoluteFile", "toAbsolutePath", "into_owned", "borrow", "as_os_str",
})  # fmt: skip
LISTS = frozenset({"Seq", "List", "Array", "listOf", "arrayOf", "mutableListOf", "List.of", "Arrays.asList", "Process"})
BENEATH = frozenset({"join", "resolve", "appendingPathComponent", "appending", "push"})  # `home.join(".ssh")`
PROPERTIES = frozenset({  # names that are a value without being called
    "FileManager.default.homeDirectoryForCurrentUser",
})  # fmt: skip
# What reads or changes a file that is an object.
OF_PATH = {
    "readText": "read", "readBytes": "read", "forEachLine": "read", "bufferedReader": "read", "inputStream": "read",
    "useLines": "read", "readAsString": "read", "readAsStringSync": "read", "readAsLines": "read", "readAsLinesSync": "read",
    "readAsBytesSync": "read", "openRead": "read", "writeText": "write", "appendText": "write", "writeAsString": "write",
    "writeAsStringSync": "write", "deleteRecursively": "delete-tree", "deleteSync": "delete-tree",
}  # fmt: skip
