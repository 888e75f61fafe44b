@echo off
rem 爱心超市: double-click to open. The first time it installs what lies in this folder, then asks for a password.
chcp 65001 >nul
setlocal
set PYTHONUTF8=1
cd /d "%~dp0"

where py >nul 2>nul
if errorlevel 1 goto no_python

set WHEEL=
for %%W in (love_market-*.whl) do set WHEEL=%%W
if "%WHEEL%"=="" goto no_wheel

if exist "venv\%WHEEL%.installed" goto installed
echo 正在安装，只有第一次要等几分钟……
if not exist venv\Scripts\python.exe py -3 -m venv venv
if errorlevel 1 goto failed
venv\Scripts\python.exe -m pip install --disable-pip-version-check --require-hashes -r requirements.lock
if errorlevel 1 goto failed
venv\Scripts\python.exe -m pip install --disable-pip-version-check --no-deps --force-reinstall "%WHEEL%"
if errorlevel 1 goto failed
echo installed>"venv\%WHEEL%.installed"
:installed

if exist instance\love_market.sqlite3 goto run
echo 第一次打开：请给监督员设一个密码。
venv\Scripts\love-market.exe init
if errorlevel 1 goto failed

:run
start "" /b cmd /c "timeout /t 6 /nobreak >nul & start http://127.0.0.1:8000"
echo 这个黑窗口开着，爱心超市就开着。关掉窗口就是打烊，数据都在 instance 文件夹里。
venv\Scripts\love-market.exe run
pause
exit /b 0

:no_python
echo 没有找到 Python。请先安装 Python 3.11 或更新的版本，安装时勾选“Add python.exe to PATH”和“py launcher”，再双击本文件。
pause
exit /b 1

:no_wheel
echo 没有找到 love_market-*.whl。请把它和 requirements.lock 放到本文件所在的文件夹，再双击本文件。
pause
exit /b 1

:failed
echo 没有装好或没有打开。请把上面的字拍下来，发给管理员。
pause
exit /b 1
