"""Functions of other languages, by name: what they do with their arguments. The notation is that of sinks.

A name that starts with a dot counts behind anything. Beside the kinds of sinks there are

    sys     one argument is text for a shell, more are a program and its arguments
    spawn   a program, then a list of its arguments, then options
    eval    code of the same language

Sources: nodejs.org (fs, child_process, net, http), docs.deno.com, bun.sh; ruby-doc.org (Kernel, File, IO, Dir,
FileUtils, Open3, Net::HTTP); perlfunc(1), perlipc(1); php.net, function reference; lua.org/manual/5.4; R's base and
utils; docs.julialang.org; hexdocs.pm/elixir; docs.groovy-lang.org.
"""

from __future__ import annotations

from agentguard.access.code import compiled_calls, sinks

_JAVASCRIPT = """
.readFileSync .readFile .createReadStream .readTextFile .readTextFileSync .readJson .readJsonSync .readJSON | path:read
.writeFileSync .writeFile .writeTextFile .writeTextFileSync .outputFile .outputFileSync | path:fill data:text
.appendFile .appendFileSync | path:fill data:more
.createWriteStream .writeJson .writeJsonSync .outputJson | path:fill
.ensureFile .mkdirp .ensureDir | path:write
.mkdirSync .chmodSync .chownSync .truncateSync .utimesSync .mkdtempSync fs.mkdir fs.promises.mkdir | path:write
fs.chmod fs.promises.chmod fs.chown fs.truncate fs.promises.truncate Deno.mkdir Deno.mkdirSync Deno.chmod | path:write
.unlinkSync .unlink .rmdirSync | path:delete
fs.rmdir fs.promises.rmdir Deno.remove Deno.removeSync | path:delete
.removeItemAtPathError .trashItemAtURLResultingItemURLError | path:delete-tree
.rmSync fs.rm fs.promises.rm .removeSync .emptyDirSync .rimraf rimraf fs.remove fs.emptyDir del | path:delete-tree
.renameSync fs.rename fs.promises.rename Deno.rename Deno.renameSync .moveSync fs.move | from:move to:fill
.copyFileSync .copyFile .cpSync fs.cp fs.promises.cp fs.copy .copySync | from:read-tree to:fill
.linkSync fs.link fs.promises.link Deno.link Deno.linkSync | from:edit to:write
.symlinkSync fs.symlink fs.promises.symlink Deno.symlink | from:link to:write
.readdirSync .readdir .opendirSync fs.promises.readdir Deno.readDir Deno.readDirSync | path:look
.openSync fs.open fs.promises.open Deno.open Deno.openSync | path:open mode:mode
Bun.file | path:read
java.util.Scanner java.io.FileReader java.io.FileInputStream FileReader FileInputStream Packages.java.util.Scanner | path:read
Files.readString Files.readAllLines Files.readAllBytes Files.lines | path:read
Bun.write | path:fill data:text
.execSync .exec child_process.exec | cmd:shell
RegExp.exec RegExp().exec | text:
.execFileSync .execFile .spawnSync child_process.spawn spawn .execaSync execa | cmd:spawn
.execaCommandSync execaCommand shelljs.exec .doShellScript | cmd:shell
child_process.fork .fork | path:run
Bun.spawn Bun.spawnSync | cmd:argv
Deno.Command Deno.run | cmd:deno
$ | cmd:shell
fetch node-fetch undici.fetch undici.request | url:url options:fetch
got got.get axios.get superagent.get needle.get request.get | url:url
axios.delete got.delete superagent.delete superagent.del request.delete request.del needle.delete ky.delete | url:erase
axios.post axios.put axios.patch got.post got.put superagent.post superagent.put request.post needle.post | url:upload
http.get https.get http.request https.request axios axios.request request | url:request options:request
navigator.sendBeacon sendBeacon WebSocket ws EventSource | url:upload
net.connect net.createConnection tls.connect net.Socket().connect .connect | port:js-connect host:js-host
dgram.createSocket().send | data: offset: length: port: host:host
dns.lookup dns.resolve dns.resolve4 dns.resolveTxt dns.promises.resolve dns.promises.lookup | host:host
.listen | port:js-listen host:js-host
Deno.listen Deno.serve Bun.serve | options:js-listen
eval vm.runInThisContext vm.runInNewContext vm.runInContext vm.Script vm.compileFunction | code:eval
Function | code:function
setTimeout setInterval | code:timer
console.log console.error console.info console.table console.dir console.debug process.stdout.write alert print | data:data
process.kill | pid:kill
process.chdir Deno.chdir | path:enter
process.binding process.dlopen | x:foreign
.query .raw .$executeRawUnsafe .$queryRawUnsafe .$executeRaw | statement:sql
"""
_RUBY = """
File.read File.readlines File.foreach File.binread IO.read IO.readlines IO.foreach IO.binread File.new.read | path:read
File.write IO.write IO.binwrite File.binwrite | path:fill data:text
Dotenv.parse Dotenv.Parser.call | path:read
File.open File.new open Kernel.open IO.open IO.sysopen | path:open mode:mode
File.delete File.unlink Dir.delete Dir.rmdir Dir.unlink FileUtils.rm FileUtils.rm_f FileUtils.rmdir | path:delete
FileUtils.rm_rf FileUtils.rm_r FileUtils.remove_dir FileUtils.remove_entry FileUtils.rmtree | path:delete-tree
FileUtils.remove_entry_secure | path:delete-tree
rm_rf rm_r | path:delete-tree
File.rename FileUtils.mv FileUtils.move | from:move to:fill
FileUtils.cp FileUtils.cp_r FileUtils.copy FileUtils.copy_file FileUtils.install IO.copy_stream | from:read-tree to:fill
File.link FileUtils.ln FileUtils.link | from:edit to:write
File.symlink FileUtils.ln_s FileUtils.ln_sf | from:link to:write
File.chmod FileUtils.chmod FileUtils.chmod_R File.chown FileUtils.chown | mode: path:write
FileUtils.mkdir FileUtils.mkdir_p FileUtils.touch Dir.mkdir File.mkfifo File.truncate FileUtils.makedirs | path:write
Dir.entries Dir.children Dir.each_child Dir.open Dir.foreach | path:look
Dir.chdir | path:enter
system exec Kernel.system Kernel.exec spawn Process.spawn Kernel.spawn Process.exec | cmd:sys
IO.popen Open3.capture2 Open3.capture2e Open3.capture3 Open3.popen3 Open3.popen2 Open3.popen2e PTY.spawn | cmd:sys
Open3.pipeline PTY.getpty sh FileUtils.sh | cmd:sys
load require_relative Kernel.load | path:run
Net.HTTP.get Net.HTTP.get_response Net.HTTP.get_print URI.open OpenURI.open_uri HTTParty.get Faraday.get | url:url
RestClient.get Excon.get HTTP.get | url:url
Net.HTTP.post Net.HTTP.post_form HTTParty.post Faraday.post RestClient.post RestClient.put Excon.post HTTP.post | url:upload
Net.HTTP.start Net.HTTP.new TCPSocket.new TCPSocket.open UDPSocket.new.connect Socket.tcp | host:host port:
Net.SMTP.start Net.FTP.open Net.FTP.new Net.SSH.start Net.SCP.upload! | host:host port:
TCPServer.new TCPServer.open | host:listen-host port:
WEBrick.HTTPServer.new Rack.Handler.WEBrick.run | options:ruby-listen
eval instance_eval class_eval module_eval Kernel.eval binding.eval Object.class_eval .instance_eval .class_eval | code:eval
Marshal.load Oj.load_file | data:foreign-data
Process.kill | signal: pid:kill
puts p print pp $stdout.puts $stderr.puts STDOUT.puts warn | data:data
.execute .exec_query | statement:sql
ActiveRecord.Base.connection.execute | statement:sql
syscall Fiddle.dlopen Fiddle.Handle.new | x:foreign
"""
_PERL = """
unlink rmdir | path:delete
socket connect accept socketpair | x:raw-socket
finddepth File.Find.finddepth find File.Find.find | block:find-block folder:
rename File.Copy.move move | from:move to:fill
copy File.Copy.copy cp File.Copy.cp | from:read to:fill
mv | from:move to:write
rmtree remove_tree File.Path.rmtree File.Path.remove_tree | path:delete-tree
mkdir make_path mkpath truncate | path:write
link | from:edit to:write
symlink | from:link to:write
chmod utime | mode: path:write
chown | user: group: path:write
opendir | handle: path:look
sysopen | handle: path:open mode:mode
chdir | path:enter
system exec | cmd:sys
readpipe | cmd:shell
do require | path:perl-do
slurp read_file File.Slurp.read_file Path.Tiny.path.slurp path.slurp | path:read
write_file File.Slurp.write_file | path:fill data:text
get LWP.Simple.get getprint LWP.Simple.getprint head LWP.Simple.head | url:url
getstore LWP.Simple.getstore mirror | url:url path:write
HTTP.Tiny.new.get HTTP.Tiny.get LWP.UserAgent.new.get LWP.UserAgent.get .get | url:url
HTTP.Tiny.new.post LWP.UserAgent.new.post LWP.UserAgent.post .post .post_form .put | url:upload
HTTP.Tiny.new.request | method:method url:url
HTTP.Request.new | method:method url:url
IO.Socket.INET.new IO.Socket.SSL.new IO.Socket.INET IO.Socket.IP.new | x:perl-socket
inet_aton gethostbyname Socket.inet_aton | host:host
eval | code:eval
kill | signal: pid:kill
print say printf warn Dumper | data:data
.do .prepare .execute | statement:sql
syscall | x:foreign
"""
_PHP = """
file_get_contents file readfile parse_ini_file show_source highlight_file simplexml_load_file php_strip_whitespace | path:read
fopen SplFileObject gzopen bzopen | path:open mode:mode
file_put_contents | path:fill data:text
touch mkdir tempnam chmod chown chgrp imagepng imagejpeg | path:write
unlink rmdir | path:delete
rename | from:move to:fill
copy move_uploaded_file | from:read to:fill
link | from:edit to:write
symlink | from:link to:write
scandir opendir dir DirectoryIterator RecursiveDirectoryIterator | path:look
chdir | path:enter
system exec passthru shell_exec popen proc_open pcntl_exec expect_popen | cmd:sys
include include_once require require_once virtual | path:run
curl_init | url:url
curl_setopt | handle: option:php-option value:php-value
fsockopen pfsockopen | host:host port:
stream_socket_client | url:url
socket_connect | socket: host:host port:
stream_socket_server socket_bind | socket: host:listen-host port:
mail | to:mail
dns_get_record gethostbyname checkdnsrr | host:host
eval assert create_function | code:eval
unserialize | data:
posix_kill | pid:kill
print_r var_dump echo print var_export json_encode | data:data
phpinfo | x:environment
DB.statement DB.unprepared DB.delete DB.update DB.select DB.insert | statement:sql
call_user_func call_user_func_array array_map array_filter array_walk usort register_shutdown_function | f:php-apply
.query .exec mysqli_query pg_query mysql_query sqlite_query | statement:sql
dl FFI.cdef FFI.load | x:foreign
"""
_LUA = """
io.open | path:open mode:mode
io.lines io.input | path:read
io.output | path:fill
os.remove lfs.rmdir | path:delete
os.rename | from:move to:fill
lfs.mkdir lfs.touch | path:write
lfs.dir | path:look
lfs.chdir | path:enter
os.execute io.popen vim.fn.system | cmd:shell
dofile loadfile | path:run
load loadstring | code:eval
http.request https.request socket.http.request ssl.https.request | url:url data:body
socket.connect socket.tcp.connect .connect | host:host port:
socket.bind | host:listen-host port:
package.loadlib | x:foreign
print | data:data
"""
_R = """
readLines read.csv read.table read.delim read_csv readr.read_csv readRDS scan readChar file readBin fread load | path:read
read.csv2 read_file readr.read_file data.table.fread jsonlite.fromJSON read_json yaml.read_yaml readxl.read_excel | path:read
writeLines | x:text path:fill
saveRDS write.csv write.table write_csv write | x: path:fill
sink dir.create file.create pdf png cat.file | path:write
file.remove | path:delete
unlink fs.dir_delete | path:delete-tree
file.rename | from:move to:write
file.copy | from:read-tree to:fill
list.files dir | path:look
setwd | path:enter
system shell pipe | cmd:shell
system2 | cmd:spawn
processx.run | cmd:spawn
source sys.source | path:run
install.packages | pkgs: lib: repos:source
download.file | url:url path:write
url curl.curl httr.GET httr2.request curl.curl_download | url:url
httr.POST httr.PUT | url:upload
socketConnection | host:host port:
eval | code:r-eval
dyn.load | x:foreign
dbExecute dbSendQuery DBI.dbExecute | c: statement:sql
print cat | data:data
"""
_JULIA = """
readlines readline eachline readdlm CSV.read CSV.File | path:read
read | path:read
open | path:open mode:mode
write | path:fill data:text
rm | path:delete-tree
mv | from:move to:fill
cp | from:read-tree to:fill
mkdir mkpath touch chmod | path:write
symlink | from:link to:write
readdir walkdir | path:look
cd | path:enter
include | path:run
download Downloads.download | url:url path:write
Pkg.add Pkg.develop | name: url:source
HTTP.get HTTP.request | url:url
HTTP.post HTTP.put | url:upload
Sockets.connect connect | host:host port:
eval | code:eval
include_string | module: code:eval
ccall | x:foreign
println print show | data:data
"""
_ELIXIR = """
File.read File.read! File.stream! File.open File.open! | path:read
File.write File.write! | path:fill data:text
File.touch File.touch! File.mkdir File.mkdir_p File.mkdir_p! File.chmod | path:write
File.rm File.rm! File.rmdir File.rmdir! | path:delete
File.rm_rf File.rm_rf! | path:delete-tree
File.rename File.rename! | from:move to:write
File.cp File.cp! File.cp_r File.cp_r! File.copy | from:read-tree to:write
File.ln_s File.ln_s! | from:link to:write
File.ls File.ls! Path.wildcard | path:look
File.cd File.cd! | path:enter
System.cmd | cmd:spawn
System.shell os.cmd | cmd:shell
Port.open | x:elixir-port
Code.eval_string Code.compile_string Code.eval_quoted | code:eval
Code.eval_file Code.require_file Code.compile_file | path:run
HTTPoison.get HTTPoison.get! Req.get Req.get! httpc.request | url:url
HTTPoison.post HTTPoison.post! Req.post Req.post! | url:upload
gen_tcp.connect | host:host port:
IO.puts IO.inspect | data:data
erlang.load_nif | x:foreign
"""
_GROOVY = """
File.text File.getText File.readLines File.eachLine File.bytes File.newReader Files.readAllLines Files.readString | path:read
Files.write Files.writeString | path:fill data:text
FileWriter FileOutputStream File.append | path:fill
File.write File.mkdirs | path:write
File.delete Files.delete | path:delete
File.deleteDir | path:delete-tree
Files.move File.renameTo | from:move to:write
Files.copy | from:read to:write
FileInputStream FileReader Scanner | path:read
Runtime.getRuntime.exec Runtime.runtime.exec ProcessBuilder | cmd:argv
URL URI java.net.URL | url:url
Socket java.net.Socket | host:host port:
ServerSocket | port:js-listen
commandLine project.commandLine | cmd:sys
Eval.me evaluate GroovyShell.evaluate | code:eval
println print | data:data
"""
TABLES = {
    "javascript": _JAVASCRIPT, "ruby": _RUBY, "perl": _PERL, "php": _PHP, "lua": _LUA, "r": _R, "julia": _JULIA,
    "elixir": _ELIXIR, "groovy": _GROOVY, "compiled": compiled_calls.TABLE,
}  # fmt: skip

# Functions that show their arguments, and what they put behind them.
PRINTS = {
    "javascript": {"console.log": "\n", "process.stdout.write": ""}, "ruby": {"puts": "\n", "print": "", "$stdout.write": ""},
    "perl": {"print": "", "say": "\n"}, "php": {"echo": "", "print": "", "print_r": ""}, "lua": {"print": "\n", "io.write": ""},
}  # fmt: skip
# Others that show theirs in one way or another.
SHOWS = frozenset({
    "console.error", "console.warn", "console.info", "console.debug", "console.table", "console.dir", "process.stderr.write",
    "warn", "$stderr.puts", "IO.puts", "IO.inspect", "cat", "message", "println", "System.out.println", "System.out.print",
    "System.err.println", "fmt.Println", "fmt.Print", "fmt.Printf", "Console.WriteLine", "Console.Write", "printf", "error_log",
    "write", "out.println", "print", "p", "pp", "dd", "dump", "var_dump", "var_export",
})  # fmt: skip
# What holds every variable, by its name; a call of the second kind with no arguments.
ENVIRONMENTS = {
    "javascript": ("process.env", "Bun.env", "Deno.env"), "perl": ("%ENV",), "php": ("$_ENV", "$_SERVER"), "julia": ("ENV",),
}  # fmt: skip
ENVIRONMENT_CALLS = {
    "javascript": ("Deno.env.toObject",), "php": ("getenv",), "r": ("Sys.getenv",), "elixir": ("System.get_env",),
    "groovy": ("System.getenv",), "ruby": (), "perl": (), "lua": (), "julia": (),
    "compiled": compiled_calls.ENVIRONMENT_CALLS,
}  # fmt: skip
# Methods of Ruby's ENV that give one variable, or none.
ONE_VARIABLE = frozenset(
    {"fetch", "key?", "has_key?", "include?", "member?", "delete", "store", "keys", "size", "dig", "[]"}
)

# Functions that make text of other text, by what they do.
DECODERS = {
    "atob": "base64", "base64_decode": "base64", "Base64.decode64": "base64", "decode_base64": "base64",
    "MIME.Base64.decode_base64": "base64", "Base64.strict_decode64": "base64", "Base64.urlsafe_decode64": "base64",
    "Base64.decode64!": "base64", "Base.decode64!": "base64", "hex2bin": "hex", "str_rot13": "rot13", "base64decode": "base64",
    "jsonlite.base64_dec": "base64", "base64enc.base64decode": "base64", "gzinflate": "", "gzuncompress": "zlib",
    "Zlib.Inflate.inflate": "zlib", "Base.decode16!": "hex",
}  # fmt: skip
# Functions whose result tells what they get.
WRAPS = frozenset({
    "btoa", "encodeURI", "escape", "querystring.escape", "Base64.encode64", "Base64.strict_encode64", "CGI.escape", "bin2hex",
    "URI.encode_www_form_component", "base64_encode", "urlencode", "rawurlencode", "encode_base64", "uri_escape", "join",
})  # fmt: skip
JOINS = frozenset({
    "path.join", "path.resolve", "path.posix.join", "File.join", "File.expand_path", "file.path", "joinpath", "Path.join",
    "Path.expand", "catfile", "File.Spec.catfile", "normalizePath", "path.expand", "path.normalize", "File.absolute_path",
    "realpath", "Deno.realPathSync", "fs.realpathSync", "Pathname.new", "Pathname", "File", "java.io.File", "Path.absname",
    "Paths.get", "Path.of", "base_path", "storage_path", "app_path",
})  # fmt: skip
HOMES = frozenset({"os.homedir", "Dir.home", "homedir", "System.user_home!", "System.user_home", "Deno.homeDir"})
HERES = frozenset({"process.cwd", "Dir.pwd", "getcwd", "Deno.cwd", "cwd", "pwd", "File.cwd!"})
SAME_VALUE = frozenset({
    "String", "Buffer.from", "Buffer", "JSON.stringify", "JSON.parse", "Object.entries", "Object.values", "URI", "URI.parse",
    "new", "str", "string", "tostring", "json_encode", "strval", "trim", "chomp", "URL", "Array.from", "util.inspect",
    "structuredClone", "shQuote", "escapeshellarg", "to_string", "YAML.dump", "Array", "list", "values", "each", "file",
    "Util.inspect", "inspect", "encodeURIComponent", "bytes", "sort", "reverse_sort", "Object.fromEntries", "as.list",
    "strings.NewReader", "bytes.NewReader", "bytes.NewBuffer", "bytes.NewBufferString", "strings.Join",
    "Net.HTTP.Get.new", "Meta.parse", "Net.HTTP.Post.new", "IO.File.new",
})  # fmt: skip
CODES = frozenset({
    "String.fromCharCode", "String.fromCodePoint", "chr", "string.char", "pack", "intToUtf8", "rawToChar", "Char",
    "List.to_string",
})  # fmt: skip
_PARSED: dict[str, dict[str, sinks.Spec]] = {}


def calls(language: str) -> dict[str, sinks.Spec]:
    """Return the specification of each function of a language."""
    if language not in _PARSED:
        _PARSED[language] = sinks.parse(TABLES[language])
    return _PARSED[language]
