import Foundation

/// The project's sample, found from where this file is.
enum SampleFile {
    static var path: String {
        // Tests/CrashPointTests/SampleFile.swift, through symbolic links if the tests are built elsewhere.
        var url = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        for _ in 0..<3 { url.deleteLastPathComponent() }
        return url.appending(path: "Cluster/sample/requests.jsonl").path
    }
}
