import Glibc

/// What went wrong with a key file, to which file, and what to do. No key is ever part of it.
package enum KeyError: Error, Hashable, CustomStringConvertible {
    /// The file is there already, and keys are never overwritten.
    case exists(path: String)
    case missing(path: String)
    /// Group or others may read a secret, or write who is let in. The mode is the file's permission bits.
    case tooOpen(path: String, mode: UInt32, wanted: String)
    /// The line is counted from 1; 0 stands for the file as a whole.
    case malformed(path: String, line: Int, what: String)
    /// A call of the kernel failed with this errno.
    case inputOutput(path: String, call: String, errno: CInt)
    /// No key of this name may connect.
    case unknownName(name: String, path: String)
    /// The name is one of the servers' own.
    case serverKey(name: String)
    /// The name is none of the servers'.
    case notServer(name: String)
    /// The name has its new key and still an old one.
    case notRetired(name: String)
    /// libzmq made no key pair.
    case noKeyPair(reason: String)

    package var description: String {
        switch self {
        case .exists(let path):
            "\(path) exists and is not overwritten: choose another name, revoke this one first, "
                + "or delete the file if no list names it"
        case .missing(let path):
            "\(path) does not exist: make keys with `switchboard keys create`, or correct the path"
        case .tooOpen(let path, let mode, let wanted):
            "\(path) has mode \(Self.octal(mode)), so others could use it: chmod \(wanted) \(path)"
        case .malformed(let path, let line, let what):
            line == 0 ? "\(path): \(what)" : "\(path), line \(line): \(what)"
        case .inputOutput(let path, let call, let errno):
            "\(call) of \(path) failed: \(String(cString: strerror(errno))) (errno \(errno)); "
                + "check the folder's owner, its permissions and the free space"
        case .unknownName(let name, let path):
            "\(path) has no key named \(name): `switchboard keys list` shows those that it has"
        case .serverKey(let name):
            "\(name) is a server's own key: `switchboard keys rotate \(name)` prepares another one"
        case .notServer(let name):
            "\(name) is no server: the servers are broker and coordinator"
        case .notRetired(let name):
            "\(name) has two keys already: `switchboard keys retire \(name)` shuts the older one out"
        case .noKeyPair(let reason):
            "no key pair could be made: \(reason); is libsodium's random source available?"
        }
    }

    private static func octal(_ mode: UInt32) -> String {
        let digits = String(mode, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    }
}
