import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.ByteBufferOutputStream;
import org.xerial.snappy.Snappy;

/**
 * Kafka's own codecs on files, the counterpart of codec_tool. Each line of the file named on the
 * command line is a job: compress|decompress, codec, level or "-", input, output. Prints one line a
 * job: "ok", or "failed" and the exception. The codec "snappy-raw" is without xerial's framing.
 */
public final class CodecInterop {
  // Not a divisor of any block size: writes and blocks end at different places.
  private static final int SLICE_BYTES = 1000;

  public static void main(String[] args) throws IOException {
    for (String line : Files.readAllLines(Path.of(args[0]))) {
      String[] job = line.split(" ");
      System.out.println(run(job[0], job[1], job[2], Path.of(job[3]), Path.of(job[4])));
    }
  }

  private static String run(String what, String codec, String level, Path in, Path out) {
    try {
      byte[] bytes = Files.readAllBytes(in);
      boolean compress = what.equals("compress");
      Files.write(out, compress ? compress(codec, level, bytes) : decompress(codec, bytes));
      return "ok";
    } catch (Exception | Error e) {
      return "failed " + e;
    }
  }

  private static Compression compression(String codec, String level) {
    if (level.equals("-")) {
      return Compression.of(codec).build();
    }
    int value = Integer.parseInt(level);
    return switch (codec) {
      case "gzip" -> Compression.gzip().level(value).build();
      case "lz4" -> Compression.lz4().level(value).build();
      case "zstd" -> Compression.zstd().level(value).build();
      default -> throw new IllegalArgumentException(codec + " has no levels");
    };
  }

  private static byte[] compress(String codec, String level, byte[] bytes) throws IOException {
    if (codec.equals("snappy-raw")) {
      return Snappy.compress(bytes);
    }
    ByteBufferOutputStream buffer = new ByteBufferOutputStream(1024);
    OutputStream stream =
        compression(codec, level).wrapForOutput(buffer, RecordBatch.MAGIC_VALUE_V2);
    try (stream) {
      for (int at = 0; at < bytes.length; at += SLICE_BYTES) {
        stream.write(bytes, at, Math.min(SLICE_BYTES, bytes.length - at));
      }
    }
    ByteBuffer written = buffer.buffer();
    written.flip();
    byte[] result = new byte[written.remaining()];
    written.get(result);
    return result;
  }

  private static byte[] decompress(String codec, byte[] bytes) throws IOException {
    try (InputStream stream =
        compression(codec, "-")
            .wrapForInput(
                ByteBuffer.wrap(bytes), RecordBatch.MAGIC_VALUE_V2, BufferSupplier.NO_CACHING)) {
      return stream.readAllBytes();
    }
  }
}
