import Glibc

/// Reads a file line by line without ever holding more than a bounded line of it.
struct LineReader: ~Copyable {
    /// Longer than any request that the desk takes, with every character escaped.
    static let lineBytesMax = 4 << 20

    enum Line {
        case bytes([UInt8])
        /// Its rest was skipped.
        case tooLong
    }

    private let path: String
    private let lineBytesMax: Int
    private let descriptor: CInt
    private let closes: Bool
    private var buffer = [UInt8](repeating: 0, count: 65_536)
    private var rest: ArraySlice<UInt8> = []
    private var isAtEnd = false

    /// Opens a file; `-` is standard input.
    ///
    /// - Throws: ``Failure`` when it cannot be read.
    init(path: String, lineBytesMax: Int = Self.lineBytesMax) throws {
        self.path = path
        self.lineBytesMax = lineBytesMax
        closes = path != "-"
        descriptor = closes ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO
        var status = stat()
        guard descriptor >= 0, fstat(descriptor, &status) == 0 else {
            throw Failure(
                .noInput, "\(path) cannot be read, \(String(cString: strerror(errno))): correct the path")
        }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            throw Failure(.noInput, "\(path) is a folder: name a file")
        }
    }

    deinit {
        if closes { close(descriptor) }
    }

    /// The next line without its end, nil after the last one.
    mutating func next() throws -> Line? {
        var line: [UInt8] = []
        var isTooLong = false
        while true {
            if rest.isEmpty { try fill() }
            if rest.isEmpty {
                if isTooLong { return .tooLong }
                return line.isEmpty ? nil : .bytes(line)
            }
            let end = rest.firstIndex(of: UInt8(ascii: "\n"))
            let part = rest[..<(end ?? rest.endIndex)]
            if line.count + part.count > lineBytesMax { isTooLong = true } else { line += part }
            rest = end.map { rest[($0 + 1)...] } ?? []
            guard end == nil else { return isTooLong ? .tooLong : .bytes(line) }
        }
    }

    private mutating func fill() throws {
        guard !isAtEnd else { return }
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw Failure(.inputOutput, "reading \(path) failed, \(String(cString: strerror(errno)))")
            }
            isAtEnd = count == 0
            rest = buffer[..<count]
            return
        }
    }
}
