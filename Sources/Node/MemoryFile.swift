import Glibc
import SystemPackage

/// A file without a name, in memory: how a program gets its input.
///
/// Not a pipe: a program that does not read would hold up whoever writes, and one that ends early would end
/// the writer with SIGPIPE. Nor a file on disk, where a customer's words would stay. (memfd_create would do
/// as well; Swift's Glibc does not have it.) Source: shm_open(3).
enum MemoryFile {
    /// - Returns: A descriptor at the start of the bytes; the caller closes it.
    static func open(holding bytes: [UInt8]) throws(Errno) -> FileDescriptor {
        let name = "/switchboard-\(getpid())-\(UInt64.random(in: 0 ... .max))"
        let number = shm_open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw Errno(rawValue: errno) }
        shm_unlink(name)
        let file = FileDescriptor(rawValue: number)
        do {
            try file.writeAll(bytes)
            try file.seek(offset: 0, from: FileDescriptor.SeekOrigin.start)
            return file
        } catch {
            // The error of the write says what is wrong; the kernel closes in any case.
            close(number)
            throw (error as? Errno) ?? Errno(rawValue: EIO)
        }
    }
}
