import Foundation
import Synchronization

/// A process of the real program: started with arguments, known by its pid, ended by nobody else.
package final class ChildProcess {
    package let name: String
    private let process = Process()
    private let output = Pipe()
    private var text = ""

    /// Starts a program; `log` is a file that takes its standard error, appended to, and nil drops it.
    package init(_ name: String, program: String, arguments: [String], log: String? = nil) throws {
        self.name = name
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = try log.map { try Self.appending($0) } ?? FileHandle.nullDevice
        try process.run()
    }

    package var pid: Int32 { process.processIdentifier }
    package var isRunning: Bool { process.isRunning }

    /// Waits for the line in which a role says that it serves, and returns its words after `ready ROLE`.
    package func waitUntilReady() throws -> [String] {
        while true {
            for line in text.split(separator: "\n", omittingEmptySubsequences: true) {
                let words = line.split(separator: " ").map(String.init)
                if words.count >= 2, words[0] == "ready" { return Array(words.dropFirst(2)) }
            }
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else { throw RigError("\(name) ended before it served: \(text)") }
            text += String(decoding: data, as: UTF8.self)
        }
    }

    package func signal(_ number: Int32) {
        guard process.isRunning else { return }
        Foundation.kill(pid, number)
    }

    /// Ends it with SIGKILL and waits until it is gone.
    package func kill() {
        signal(SIGKILL)
        process.waitUntilExit()
    }

    /// Ends it with SIGTERM and waits.
    ///
    /// - Returns: Its exit code, or 128 and the signal that ended it.
    @discardableResult
    package func terminate() -> Int32 {
        signal(SIGTERM)
        return wait()
    }

    package func wait() -> Int32 {
        process.waitUntilExit()
        let status = process.terminationStatus
        return process.terminationReason == .uncaughtSignal ? 128 + status : status
    }

    private static func appending(_ path: String) throws -> FileHandle {
        if !FileManager.default.fileExists(atPath: path) {
            guard FileManager.default.createFile(atPath: path, contents: nil) else {
                throw RigError("\(path) cannot be made")
            }
        }
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try handle.seekToEnd()
        return handle
    }
}

/// What went wrong in a rig, in one line.
package struct RigError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
