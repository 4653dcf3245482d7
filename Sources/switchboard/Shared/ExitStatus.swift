/// The exit codes of `switchboard`, those of sysexits.h where one fits.
enum ExitStatus: Int32, CaseIterable {
    case ok = 0
    case refused = 1
    case usage = 64
    case noInput = 66
    case unavailable = 69
    case cannotCreate = 73
    case inputOutput = 74
    case temporary = 75
    case notPermitted = 77

    /// What the code means, in the table of `--help`.
    var meaning: String {
        switch self {
        case .ok: "done"
        case .refused: "a violation was found, or the desk refused the command"
        case .usage: "wrong arguments or a wrong configuration file"
        case .noInput: "a file, a folder or a key that is needed is missing"
        case .unavailable: "cannot connect, or the port or the data folder is in use"
        case .cannotCreate: "a file or folder cannot be made"
        case .inputOutput: "the store or a file failed"
        case .temporary: "it may succeed later: no answer in time, the desk is full or draining"
        case .notPermitted: "the key was refused or may not do this"
        }
    }

    /// One line a code.
    static var table: String {
        allCases.map { status in
            let digits = String(status.rawValue)
            return "  \(String(repeating: " ", count: 3 - digits.utf8.count))\(digits)  \(status.meaning)"
        }.joined(separator: "\n")
    }
}
