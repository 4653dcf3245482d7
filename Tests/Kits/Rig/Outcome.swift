package import Foundation

/// A command that was run to its end.
package struct Outcome {
    package var exitCode: Int32
    package var output: String
    package var errors: String

    /// Runs a program and gathers what it prints. Input is given whole, then closed.
    package static func of(
        _ program: String, _ arguments: [String], input: Data? = nil, environment: [String: String] = [:],
        folder: String? = nil
    ) throws -> Outcome {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
        let base = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        // Files rather than pipes: nothing that is printed can block the program.
        let paths = (in: base + ".in", out: base + ".out", err: base + ".err")
        defer {
            for path in [paths.in, paths.out, paths.err] {
                // Left-overs in the temporary folder harm nobody.
                try? FileManager.default.removeItem(atPath: path)
            }
        }
        try (input ?? Data()).write(to: URL(fileURLWithPath: paths.in))
        for path in [paths.out, paths.err] { try Data().write(to: URL(fileURLWithPath: path)) }
        process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: paths.in))
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: paths.out))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: paths.err))
        try process.run()
        process.waitUntilExit()
        let status = process.terminationStatus
        return Outcome(
            exitCode: process.terminationReason == .uncaughtSignal ? 128 + status : status,
            output: try text(paths.out), errors: try text(paths.err))
    }

    /// The object on standard output.
    package func json() throws -> [String: Any] {
        guard let object = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any] else {
            throw RigError("not one JSON object: \(output.prefix(200))")
        }
        return object
    }

    private static func text(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
    }
}
