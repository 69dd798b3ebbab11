// Reads codes with the camera of the device: Data Matrix, QR, Code 128. A code that was read is
// typed into its field and sent, as a scanner does that types. Pictures stay in the browser.
"use strict";

// Scripts of a page share their names: these are its own.
{
  const AGAIN_MS = 2500;
  const PAUSE_MS = 120;
  const WIDTH_MAX = 960;
  const OPEN = "egnatia-scanner-open";
  const library = new URL("dist/zxing.js", document.currentScript.src).pathname;

  const part = document.querySelector("[data-scanner]");
  const field = part && document.getElementById(part.dataset.scanner);

  const element = (name, text) => {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    return made;
  };

  const loaded = () =>
    new Promise((done, failed) => {
      if (window.ZXing) return done(window.ZXing);
      const script = element("script");
      script.src = library;
      script.onload = () => done(window.ZXing);
      script.onerror = () => failed(new Error("there is no reader"));
      document.head.append(script);
    });

  if (field && navigator.mediaDevices?.getUserMedia) {
    const { textOpen, textClose, textNone, textLook } = part.dataset;
    const button = element("button", textOpen);
    button.type = "button";
    const said = element("p");
    said.setAttribute("role", "status");
    const video = element("video");
    video.muted = true;
    video.playsInline = true;
    video.hidden = true;
    part.append(button, said, video);
    part.hidden = false;
    const canvas = element("canvas");
    let stream = null;
    let read = { text: "", at: 0 };

    const close = () => {
      for (const track of stream?.getTracks() ?? []) track.stop();
      stream = null;
      video.hidden = true;
      video.srcObject = null;
      button.textContent = textOpen;
      said.textContent = "";
      sessionStorage.removeItem(OPEN);
    };

    const take = (text) => {
      const now = Date.now();
      if (text === read.text && now - read.at < AGAIN_MS) return;
      read = { text, at: now };
      sessionStorage.setItem("egnatia-scanner-read", text);
      field.value = text;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.form.requestSubmit();
    };

    const look = (ZXing, reader) => {
      if (!stream) return;
      if (video.videoWidth > 0) {
        const scale = Math.min(1, WIDTH_MAX / video.videoWidth);
        canvas.width = Math.round(video.videoWidth * scale);
        canvas.height = Math.round(video.videoHeight * scale);
        canvas.getContext("2d", { willReadFrequently: true }).drawImage(video, 0, 0, canvas.width, canvas.height);
        try {
          const source = new ZXing.HTMLCanvasElementLuminanceSource(canvas);
          take(reader.decode(new ZXing.BinaryBitmap(new ZXing.HybridBinarizer(source))).getText());
        } catch (error) {
          // There is no code in this picture. All else is a mistake, and is shown.
          if (error.name === "TypeError" || error.name === "ReferenceError") throw error;
        }
      }
      setTimeout(look, PAUSE_MS, ZXing, reader);
    };

    const start = async () => {
      try {
        const ZXing = await loaded();
        const { DATA_MATRIX, QR_CODE, CODE_128 } = ZXing.BarcodeFormat;
        const reader = new ZXing.MultiFormatReader();
        reader.setHints(new Map([
          [ZXing.DecodeHintType.POSSIBLE_FORMATS, [DATA_MATRIX, QR_CODE, CODE_128]],
          [ZXing.DecodeHintType.TRY_HARDER, true],
        ]));
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
        video.srcObject = stream;
        video.hidden = false;
        await video.play();
        button.textContent = textClose;
        said.textContent = textLook;
        sessionStorage.setItem(OPEN, "yes");
        // The same code that was read before the page came anew is in the picture still.
        read = { text: sessionStorage.getItem("egnatia-scanner-read") || "", at: Date.now() };
        look(ZXing, reader);
      } catch {
        close();
        said.textContent = textNone;
      }
    };

    button.addEventListener("click", () => (stream ? close() : start()));
    window.addEventListener("pagehide", () => {
      for (const track of stream?.getTracks() ?? []) track.stop();
    });
    if (sessionStorage.getItem(OPEN)) start();
  }
}
